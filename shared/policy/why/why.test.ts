import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../lib/app-error.ts';
import { isFieldPath } from '../fields.ts';
import { decideText, ruleSet } from '../network/decide.ts';
import { NUMBERS, policyFrom } from '../testing/arbitrary.ts';
import { COMPLETE, policyOf } from '../testing/examples.ts';
import { answer } from './answer.ts';
import { insidePath } from './paths.ts';
import { parseQuestion, QUESTION_EXAMPLES } from './question.ts';
import type { Answer, WhyContext } from './reply.ts';

const CONTEXT: WhyContext = { runtime: 'python', capabilities: COMPLETE };
const ask = (text: string, ...policy: Parameters<typeof policyOf>): Answer =>
  answer(parseQuestion(text), policyOf(...policy), CONTEXT);
const said = (text: string, ...policy: Parameters<typeof policyOf>) => {
  const { allowed, rule } = ask(text, ...policy);
  return [allowed, rule];
};

describe('reading a question', () => {
  it('reads its own example of each kind (POL-9)', () => {
    for (const [kind, text] of Object.entries(QUESTION_EXAMPLES)) expect(parseQuestion(text).kind).toBe(kind);
    expect(parseQuestion('  WRITE   ~/a b.txt  1.5 MiB ')).toEqual({
      kind: 'write',
      path: '/home/script/a b.txt',
      bytes: 1.5 * 1024 ** 2,
    });
    expect(parseQuestion('connect [2001:DB8::1]:53/UDP')).toEqual({
      kind: 'connect',
      host: '2001:db8::1',
      port: 53,
      protocol: 'udp',
    });
    expect(parseQuestion('capability cap_net_raw')).toEqual({ kind: 'capability', name: 'NET_RAW' });
    expect(parseQuestion('open_files 5')).toEqual({ kind: 'open-files', count: 5 });
  });

  it.each([
    ['', 'connect api.example.org:443'],
    ['conect api.example.org:443', 'connect api.example.org:443'],
    ['connect api.example.org', 'connect api.example.org:443'],
    ['connect https://api.example.org/x', 'connect api.example.org:443'],
    ['connect 2001:db8::1', 'connect [2001:db8::1]:443'],
    ['connect api.example.org:65536', 'connect api.example.org:443'],
    ['connect 1.2.3:80', 'connect api.example.org:443'],
    ['listen 0', 'listen 8080'],
    ['read', 'read /etc/passwd'],
    ['read /etc/\u0000', 'read /etc/passwd'],
    ['memory 300', 'memory 300 MiB'],
    ['memory -1 MiB', 'memory 300 MiB'],
    ['cpu 200', 'cpu 200 %'],
    ['run NaN', 'run 10 min'],
    ['processes 1.5', 'processes 20'],
    ['syscall ptracee', 'syscall ptrace'],
    ['syscall __proto__!', 'syscall ptrace'],
    ['env A=B', 'env HOME'],
  ])('refuses %j and shows %j (POL-9)', (text, example) => {
    try {
      parseQuestion(text);
      expect.unreachable();
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: 'input-invalid', next: expect.stringContaining(example) });
    }
  });

  it('takes any text without another error than its own (POL-7)', () => {
    const verb = fc.constantFrom(...Object.keys(QUESTION_EXAMPLES), '', 'x');
    fc.assert(
      fc.property(verb, fc.string({ unit: 'binary', maxLength: 60 }), (word, rest) => {
        try {
          parseQuestion(`${word} ${rest}`);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(AppError);
        }
      }),
      { numRuns: 1000 },
    );
    expect(() => parseQuestion(`read /${'a/'.repeat(100_000)}`)).toThrow('too long');
  });
});

describe('answers', () => {
  it('says yes, no and what decided, with the tier (POL-9)', () => {
    expect(ask('memory 300 MiB', 'untrusted')).toEqual({
      allowed: false,
      sentence: 'No: the script is killed above 64 MiB of memory.',
      field: 'resources.memory',
      rule: 'resources.memory: 64 MiB (untrusted)',
      tier: 'level',
      name: 'untrusted',
    });
    expect(ask('memory 300 MiB', 'untrusted', { 'resources.memory': '512 MiB' })).toMatchObject({
      allowed: true,
      tier: 'run',
      name: 'this run',
    });
  });

  it('says of IPv6 what the engine can give, and of names what their own address is (POL-9, NET-2)', () => {
    const set = { 'network.allow': '[2001:db8::/32]:443,db.example:5432', 'network.hosts': 'db.example=10.1.2.3' };
    expect(said('connect [2001:db8::1]:443', 'trusted', set)[0]).toBe(true);
    const without: WhyContext = { ...CONTEXT, capabilities: { ...COMPLETE, ipv6: false } };
    const of = (text: string): Answer => answer(parseQuestion(text), policyOf('trusted', set), without);
    expect(of('connect [2001:db8::1]:443')).toMatchObject({ allowed: 'depends', field: 'network.allow' });
    expect(of('connect [2001:db8::1]:22').allowed).toBe(false);
    expect(said('connect db.example:5432', 'trusted', set)[0]).toBe(true);
    expect(said('connect db.example:22', 'trusted', set)[0]).toBe(false);
    expect(said('connect 10.1.2.3:5432', 'trusted', set)[0]).toBe(false);
  });

  it.each([
    ['cpu 25 %', true, 'resources.cpu: 25 % (untrusted)'],
    ['cpu 26 %', false, 'resources.cpu: 25 % (untrusted)'],
    ['run 59 s', true, 'resources.wall_time: 1 min (untrusted)'],
    ['run 61 s', false, 'resources.wall_time: 1 min (untrusted)'],
    ['processes 5', true, 'resources.processes: 5 (untrusted)'],
    ['processes 6', false, 'resources.processes: 5 (untrusted)'],
    ['open-files 20', true, 'resources.open_files: 32 (untrusted)'],
    ['open-files 33', false, 'resources.open_files: 32 (untrusted)'],
    ['output 10 MiB', true, 'resources.output: 10 MiB (untrusted)'],
    ['output 11 MiB', false, 'resources.output: 10 MiB (untrusted)'],
    ['memory 60 MiB', 'depends', 'resources.memory: 64 MiB (untrusted)'],
    ['connect api.example.org:443', false, 'network.mode: none (untrusted)'],
    ['lookup api.example.org', false, 'network.mode: none (untrusted)'],
    ['lookup localhost', 'depends', 'fixed: every sandbox has a loopback interface of its own'],
    ['connect 127.0.0.1:80', 'depends', 'fixed: every sandbox has a loopback interface of its own'],
    ['read /etc/passwd', true, 'fixed: the image decides what everyone may read'],
    ['read /root/.profile', false, 'fixed: the image decides what everyone may read'],
    ['read /proc/kcore', false, 'fixed: the engine masks it'],
    ['write /tmp/x', true, 'resources.scratch: 50 MiB (untrusted)'],
    ['write /tmp/x 60 MiB', false, 'resources.scratch: 50 MiB (untrusted)'],
    ['write /tmp/../etc/x', false, 'fixed: the root file system is read-only'],
    ['write report.csv', true, 'resources.scratch: 50 MiB (untrusted)'],
    ['execute /dev/shm/x', false, 'fixed: these are mounted without programs'],
    ['execute /workspace/x', true, 'fixed: the scratch belongs to the script'],
    ['syscall read', true, 'security.seccomp: strict (untrusted)'],
    ['syscall memfd_create', false, 'security.seccomp: strict (untrusted)'],
    ['syscall ptrace', false, 'fixed: both profiles refuse it'],
    ['syscall socket', 'depends', 'security.seccomp: strict (untrusted)'],
    ['capability NET_RAW', false, 'security.capabilities: none (untrusted)'],
    ['capability SETUID', false, 'fixed: no script becomes another user'],
    ['env HOME', true, 'fixed: every script gets a small environment'],
    ['env AWS_SECRET_ACCESS_KEY', false, 'run.env: none (untrusted)'],
  ] as const)('answers %j under untrusted (POL-9)', (text, allowed, rule) => {
    expect(said(text, 'untrusted')).toEqual([allowed, rule]);
  });

  it('follows breach actions (POL-2, POL-9)', () => {
    expect(said('run 2 min', 'untrusted', { 'resources.on_breach.wall_time': 'warn' })).toEqual([
      true,
      'resources.on_breach.wall_time: warn (this run)',
    ]);
    expect(ask('memory 60 MiB', 'untrusted', { 'resources.on_breach.memory': 'pause' }).allowed).toBe('depends');
  });

  it('follows blocked paths, path rules and mounts, through the links of the image (POL-8, POL-9)', () => {
    const set = {
      'files.blocked_paths': '/etc/ssl',
      'files.access.read': '/usr/share',
      'files.access.write': '/workspace/out',
      'files.mounts': 'bind:./data:/data:ro, tmpfs::/cache:rw',
    };
    expect(said('read /etc/ssl/certs/x', 'limited', set)).toEqual([false, 'files.blocked_paths: /etc/ssl (this run)']);
    expect(said('read /etc/group', 'limited', set)).toEqual([false, 'files.access.read: /usr/share (this run)']);
    expect(ask('read /etc/passwd', 'limited', set).allowed).toBe(true);
    expect(ask('write /workspace/out/x', 'limited', set).allowed).toBe(true);
    expect(said('write /tmp/x', 'limited', set)).toEqual([false, 'files.access.write: /workspace/out (this run)']);
    expect(said('write /data/x', 'limited', { 'files.mounts': set['files.mounts'] })).toEqual([
      false,
      'files.mounts: bind:./data:/data:ro (this run)',
    ]);
    expect(ask('write /cache/x', 'limited', { 'files.mounts': set['files.mounts'] }).allowed).toBe(true);
    expect(ask('read /data/x', 'limited', { 'files.mounts': set['files.mounts'] }).allowed).toBe('depends');
    expect(insidePath('/var/tmp/../tmp/a', '/workspace')).toBe('/workspace/.tmp/a');
    expect(insidePath('../etc/passwd', '/workspace')).toBe('/etc/passwd');
  });

  it('answers connections by the rules of the gateway, with the rule that decided (NET-2, POL-9)', () => {
    const set = { 'network.allow': '*.example.org, 192.0.2.0/24:8080', 'network.block': 'bad.example.org' };
    expect(said('connect api.example.org:443', 'trusted', set)).toEqual([
      true,
      'network.allow: *.example.org (this run)',
    ]);
    expect(said('connect api.example.org:8443', 'trusted', set)).toEqual([false, 'network.mode: restricted (trusted)']);
    expect(said('connect bad.example.org:443', 'trusted', set)).toEqual([
      false,
      'network.block: bad.example.org (this run)',
    ]);
    expect(ask('connect 192.0.2.9:8080', 'trusted', set).allowed).toBe(true);
    expect(ask('connect 169.254.169.254:80', 'system').allowed).toBe(false);
    expect(ask('connect 203.0.113.1:22', 'system').allowed).toBe(true);
    expect(ask('lookup api.example.org', 'trusted', set).allowed).toBe(true);
  });

  it('agrees with the gateway on every address, name and port (NET-2, POL-9)', () => {
    const hosts = fc.constantFrom(
      'api.example.org',
      'db.example.org',
      'metadata.google.internal',
      'github.com',
      '10.1.2.3',
      '169.254.169.254',
      '203.0.113.7',
      '8.8.8.8',
    );
    const numbers = fc.array(fc.nat(), { minLength: NUMBERS, maxLength: NUMBERS });
    fc.assert(
      fc.property(numbers, hosts, fc.constantFrom(22, 80, 443, 5432), (drawn, host, port) => {
        const policy = policyFrom(drawn);
        const mode = policy.fields['network.mode'].value;
        if (mode === 'none' || policy.fields['network.hosts'].value[host] !== undefined) return;
        if (policy.fields['security.seccomp_rules'].value.includes('-socket')) return;
        const rules = ruleSet({
          mode,
          allow: policy.fields['network.allow'].value,
          block: policy.fields['network.block'].value,
        });
        const address = /^\d/.test(host) ? host : null;
        const decision = decideText(rules, { name: address === null ? host : null, address, port, protocol: 'tcp' });
        const given = answer({ kind: 'connect', host, port, protocol: 'tcp' }, policy, CONTEXT);
        expect(given.allowed).toBe(decision.verdict === 'allowed');
      }),
      { numRuns: 300 },
    );
  });

  it('names a field and its tier, or says that it is fixed, for every question and policy (POL-9)', () => {
    const numbers = fc.array(fc.nat(), { minLength: NUMBERS, maxLength: NUMBERS });
    fc.assert(
      fc.property(numbers, fc.constantFrom(...Object.values(QUESTION_EXAMPLES)), (drawn, text) => {
        const policy = policyFrom(drawn);
        const { allowed, sentence, field, rule, tier, name } = answer(parseQuestion(text), policy, CONTEXT);
        const start = allowed === true ? /^Yes[:,] / : allowed === false ? /^No: / : /^It depends/;
        expect(sentence).toMatch(start);
        expect(sentence).toMatch(/\.$/);
        if (field === null) expect([rule.startsWith('fixed: '), tier]).toEqual([true, null]);
        else {
          expect(isFieldPath(field)).toBe(true);
          expect([rule.startsWith(`${field}: `), tier, name]).toEqual([
            true,
            policy.fields[field].tier,
            policy.fields[field].name,
          ]);
        }
      }),
      { numRuns: 500 },
    );
  });
});
