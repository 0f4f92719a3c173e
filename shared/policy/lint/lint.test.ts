import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EffectivePolicy, FieldPath } from '../../domain/policy.ts';
import { SEVERITIES, type Finding } from '../../domain/finding.ts';
import { MIB } from '../../lib/units.ts';
import { changeList } from '../merge/overlay.ts';
import { isFieldPath } from '../fields.ts';
import { parseSet } from '../merge/set.ts';
import { effective } from '../merge/effective.ts';
import { NUMBERS, policyFrom, withValues } from '../testing/arbitrary.ts';
import { policyOf } from '../testing/examples.ts';
import { lint } from './lint.ts';
import { RULES } from './rules.ts';

const anyPolicy = fc.array(fc.nat(), { minLength: NUMBERS, maxLength: NUMBERS }).map(policyFrom);
const ids = (policy: EffectivePolicy): string[] => lint(policy).map(({ rule }) => rule);
const rank = ({ severity }: Pick<Finding, 'severity'>): number => SEVERITIES.indexOf(severity);

/** The policy after a fix, as `--set` would apply it. */
function mended(policy: EffectivePolicy, set: Readonly<Record<string, string>>): EffectivePolicy {
  const { values, changes } = parseSet(set);
  const lists = Object.entries(changes).map(([path, change]) => [
    path,
    changeList(policy.fields[path as FieldPath].value as readonly string[], change),
  ]);
  return withValues(policy, { ...values, ...(Object.fromEntries(lists) as object) });
}

describe('the table of rules', () => {
  it('has at least 30 rules with ids of their own, and says of each why, from where and what mends it (POL-6)', () => {
    expect(RULES.length).toBeGreaterThanOrEqual(30);
    expect(new Set(RULES.map(({ rule }) => rule)).size).toBe(RULES.length);
    for (const { rule, field, reason, reference, mends } of RULES) {
      expect(rule).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(isFieldPath(field)).toBe(true);
      expect(reason).toMatch(/\.$/);
      expect(mends).toMatch(/\.$/);
      expect(reference.length).toBeGreaterThan(5);
    }
  });

  it('says nothing above info of an untouched untrusted and limited (POL-6)', () => {
    for (const level of ['untrusted', 'limited'] as const)
      expect(lint(policyOf(level)).filter((finding) => rank(finding) > 0)).toEqual([]);
  });
});

/** One policy that each rule fires on, and one close to it that it does not fire on. */
const CASES: Readonly<Record<string, readonly [Parameters<typeof policyOf>, Parameters<typeof policyOf>]>> = {
  'scratch-exceeds-memory': [
    ['untrusted', { 'resources.scratch': '65 MiB' }],
    ['untrusted', { 'resources.scratch': '64 MiB' }],
  ],
  'runtime-does-not-fit': [
    ['untrusted', { 'image.runtime': 'node', 'resources.processes': '4' }],
    ['untrusted', { 'image.runtime': 'python', 'resources.processes': '4' }],
  ],
  'no-room-for-node': [
    ['untrusted', { 'resources.memory': '40 MiB' }],
    ['untrusted', { 'resources.memory': '48 MiB' }],
  ],
  'cpu-time-out-of-reach': [
    ['untrusted', { 'resources.wall_time': '10 s' }],
    ['untrusted', { 'resources.wall_time': '10 s', 'resources.cpu_time': '2 s' }],
  ],
  'hour-of-cpu': [
    ['system', { 'resources.cpu_time': '1 h' }],
    ['system', { 'resources.cpu_time': '59 min' }],
  ],
  'several-cores': [
    ['limited', { 'resources.cpu': '200 %' }],
    ['limited', { 'resources.cpu': '100 %' }],
  ],
  'days-of-wall-time': [
    ['limited', { 'resources.wall_time': '2 d' }],
    ['limited', { 'resources.wall_time': '1 d' }],
  ],
  'disk-rate-unlimited': [
    ['limited', { 'resources.disk_read': 'unlimited' }],
    ['limited', { 'resources.disk_read': '1 GiB/s' }],
  ],
  'output-huge': [
    ['limited', { 'resources.output': '2 GiB' }],
    ['limited', { 'resources.output': '1 GiB' }],
  ],
  'room-for-a-fork-bomb': [
    ['limited', { 'resources.processes': '1001' }],
    ['limited', { 'resources.processes': '1000' }],
  ],
  'wall-time-only-warns': [
    ['limited', { 'resources.on_breach.wall_time': 'warn' }],
    ['limited', { 'resources.on_breach.wall_time': 'pause' }],
  ],
  'cpu-time-only-warns': [
    ['limited', { 'resources.on_breach.cpu_time': 'warn' }],
    ['limited', { 'resources.on_breach.cpu_time': 'kill' }],
  ],
  'nothing-ends-it': [
    ['limited', { 'resources.on_breach.cpu_time': 'warn', 'resources.on_breach.wall_time': 'warn' }],
    ['limited', { 'resources.on_breach.cpu_time': 'warn' }],
  ],
  'quota-below-one-run': [
    ['limited', { 'quota.memory': '64 MiB' }],
    ['limited', { 'quota.memory': '128 MiB' }],
  ],
  'cpu-quota-below-one-run': [
    ['limited', { 'quota.cpu': '40 %' }],
    ['limited', { 'quota.cpu': '50 %' }],
  ],
  'quota-generous': [
    ['system', { 'quota.runs': '100' }],
    ['system', { 'quota.runs': '100', 'quota.memory': '64 GiB' }],
  ],
  'cut-by-ceiling': [
    ['limited', { 'resources.memory': '1 GiB' }, { 'resources.memory': 256 * MIB }],
    ['limited', { 'resources.memory': '256 MiB' }, { 'resources.memory': 256 * MIB }],
  ],
  'full-network': [
    ['limited', { 'network.mode': 'full' }],
    ['limited', { 'network.mode': 'restricted' }],
  ],
  'nothing-listed': [['trusted'], ['trusted', { 'network.allow': 'api.example.org:443' }]],
  'list-without-network': [['limited', { 'network.allow': 'api.example.org:443' }], ['limited']],
  'list-under-full': [
    ['system', { 'network.allow': 'api.example.org:443' }],
    ['system', { 'network.allow': '10.1.2.3:443' }],
  ],
  'network-without-caps': [
    ['trusted', { 'network.upload': 'unlimited' }],
    ['limited', { 'network.upload': 'unlimited' }],
  ],
  'own-resolver': [
    ['trusted', { 'network.dns': '192.0.2.53' }],
    ['limited', { 'network.dns': '192.0.2.53' }],
  ],
  'name-points-elsewhere': [
    ['trusted', { 'network.allow': '*.example.org', 'network.hosts': 'api.example.org=192.0.2.1' }],
    ['trusted', { 'network.allow': '*.example.org', 'network.hosts': 'example.org=192.0.2.1' }],
  ],
  'name-points-inside': [
    ['trusted', { 'network.hosts': 'db.example=169.254.169.254' }],
    ['trusted', { 'network.hosts': 'db.example=192.0.2.1' }],
  ],
  'privileged-port': [
    ['trusted', { 'network.publish': '80:8080' }],
    ['trusted', { 'network.publish': '8080:80' }],
  ],
  'many-ports': [
    ['trusted', { 'network.publish': '8001:1, 8002:2, 8003:3, 8004:4, 8005:5, 8006:6' }],
    ['trusted', { 'network.publish': '8001:1, 8002:2, 8003:3, 8004:4, 8005:5' }],
  ],
  'fast-upload': [
    ['trusted', { 'network.upload': '100 MiB/s' }],
    ['trusted', { 'network.upload': '50 MiB/s' }],
  ],
  'many-folders': [
    ['trusted', { 'files.mounts': Array.from({ length: 9 }, (_, at) => `bind:./d${at}:/d${at}:ro`).join(', ') }],
    ['trusted', { 'files.mounts': 'bind:./data:/data:ro' }],
  ],
  'write-and-execute': [
    ['trusted', { 'files.access.write': '/workspace', 'files.access.execute': '/workspace/out' }],
    ['trusted', { 'files.access.write': '/workspace', 'files.access.execute': '/usr/bin' }],
  ],
  'path-twice': [
    ['trusted', { 'files.blocked_paths': '/etc/ssl, /etc/ssl/certs' }],
    ['trusted', { 'files.blocked_paths': '/etc/ssl, /etc/sslx' }],
  ],
  'allowed-path-is-blocked': [
    ['trusted', { 'files.blocked_paths': '/etc/ssl', 'files.access.read': '/etc/ssl/certs' }],
    ['trusted', { 'files.blocked_paths': '/etc/ssl', 'files.access.read': '/etc' }],
  ],
  'capability-like-root': [
    ['system', { 'security.capabilities': 'SYS_ADMIN' }],
    ['system', { 'security.capabilities': 'NET_RAW' }],
  ],
  capability: [['system', { 'security.capabilities': 'NET_RAW' }], ['system']],
  'level-system': [['system'], ['trusted']],
  'seccomp-standard': [['trusted'], ['limited']],
  'removes-common-call': [
    ['limited', { 'security.seccomp_rules': '-clone' }],
    ['limited', { 'security.seccomp_rules': '-chmod' }],
  ],
  'other-user': [['limited', { 'security.user': '1234:1234' }], ['limited']],
  'system-user': [
    ['limited', { 'security.user': '1000:999' }],
    ['limited', { 'security.user': '1000:1001' }],
  ],
  'no-user-namespace': [
    ['limited', { 'security.user_namespace': 'off' }],
    ['limited', { 'security.user_namespace': 'on' }],
  ],
  'own-apparmor': [['limited', { 'security.apparmor': 'mine' }], ['limited']],
  'own-selinux': [['limited', { 'security.selinux': 'type:my_script_t' }], ['limited']],
  'other-oci-runtime': [
    ['limited', { 'security.oci_runtime': 'kata' }],
    ['limited', { 'security.oci_runtime': 'crun' }],
  ],
  'no-canaries': [['limited', { 'security.canaries': 'false' }], ['limited']],
  'secret-in-environment': [
    ['limited', { 'run.env': 'API_TOKEN=abc' }],
    ['limited', { 'run.env': 'API_TOKENS_MAX=100' }],
  ],
  'loader-variable': [
    ['limited', { 'run.env': 'LD_PRELOAD=/tmp/x.so' }],
    ['limited', { 'run.env': 'LD=x' }],
  ],
  'path-variable': [
    ['limited', { 'run.env': 'PATH=/tmp:/usr/bin' }],
    ['limited', { 'run.env': 'PATH=/usr/bin:/bin' }],
  ],
  'own-variable': [
    ['limited', { 'run.env': 'BELLGLASS_RUN_ID=1' }],
    ['limited', { 'run.env': 'RUN_ID=1' }],
  ],
  'image-by-tag': [
    ['limited', { 'image.name': 'golang:1.22' }],
    ['limited', { 'image.name': 'golang:1.22', 'image.digest': `sha256:${'1'.repeat(64)}` }],
  ],
  'image-latest': [
    ['limited', { 'image.name': 'localhost:5000/golang' }],
    ['limited', { 'image.name': 'localhost:5000/golang:1.22' }],
  ],
  'always-pulls-a-tag': [
    ['limited', { 'image.name': 'golang:1.22', 'image.pull': 'always' }],
    ['limited', { 'image.pull': 'always' }],
  ],
  'never-pulls-latest': [
    ['limited', { 'image.name': 'golang', 'image.pull': 'never' }],
    ['limited', { 'image.name': 'golang:1.22', 'image.pull': 'never' }],
  ],
  'other-image': [['limited', { 'image.name': 'golang:1.22' }], ['limited']],
  'own-start': [['limited', { 'run.entrypoint': '/bin/sh, -c' }], ['limited']],
  'warm-interpreter': [['limited', { 'run.warm_interpreter': 'true' }], ['limited']],
  'network-unobserved': [['trusted'], ['limited']],
};
const ALLOWED: Readonly<Record<string, readonly [string, string]>> = {
  'metadata-allowed': ['169.254.169.254:80', '169.254.0.0/16:80'],
  'this-machine-allowed': ['host.docker.internal', 'docker.example.org'],
  'inside-network-allowed': ['192.168.0.0/16', '193.168.1.1'],
  'any-address': ['0.0.0.0/0', '203.0.113.0/24'],
  'wide-range': ['203.0.0.0/10', '203.0.113.0/24'],
  'wildcard-on-registry': ['*.co.uk', '*.example.co.uk'],
  'wildcard-on-shared-host': ['*.cloudfront.net', 'd1.cloudfront.net'],
  'shared-host': ['pastebin.com', 'notpastebin.com'],
  'resolver-allowed': ['1.1.1.1', '1.1.1.2'],
  'plain-http-only': ['old.example.org:80', 'old.example.org:80,443'],
  'every-port': ['any.example.org:*', 'any.example.org:8000-8999'],
  'service-port': ['db.example.org:5432', 'db.example.org:5433'],
  'allowed-and-blocked': ['bad.example.org', 'good.example.org'],
  'covered-twice': ['api.example.org:443, *.example.org', 'example.org, *.example.org'],
};
const BOUND: Readonly<Record<string, readonly [string, string]>> = {
  'bind-of-home': ['bind:/home/ada:/h:ro', 'bind:/home/ada/data:/h:ro'],
  'bind-of-credentials': ['bind:/home/ada/.config:/h:ro', 'bind:/home/ada/config:/h:ro'],
  'bind-of-disk': ['bind:/mnt/disk:/h:ro', 'bind:/mnt/disk/data:/h:ro'],
  'bind-of-system': ['bind:/etc/ssl:/h:ro', 'bind:./etc/ssl:/h:ro'],
  'writable-home': ['bind:/root:/h:rw', 'bind:/root:/h:ro'],
  'writable-project': ['bind:./:/h:rw', 'bind:./:/h:ro'],
  'writable-folder': ['bind:./out:/h:rw', 'tmpfs::/h:rw'],
  'writable-volume': ['volume:cache:/h:rw', 'volume:cache:/h:ro'],
  'mount-over-programs': ['bind:./bin:/usr/bin:ro', 'bind:./bin:/usrlocal:ro'],
};

const cases = [
  ...Object.entries(CASES).map(([rule, [fires, silent]]) => [rule, policyOf(...fires), policyOf(...silent)] as const),
  ...Object.entries(ALLOWED).map(([rule, entries]) => {
    const [fires, silent] = entries.map((allow) =>
      policyOf('trusted', { 'network.allow': allow, 'network.block': 'bad.example.org' }),
    );
    return [rule, fires!, silent!] as const;
  }),
  ...Object.entries(BOUND).map(([rule, texts]) => {
    const [fires, silent] = texts.map((mounts) => policyOf('trusted', { 'files.mounts': mounts }));
    return [rule, fires!, silent!] as const;
  }),
];

it.each(cases)('%s fires on its mistake, and not on what is close to it (POL-6)', (rule, fires, silent) => {
  expect(ids(fires)).toContain(rule);
  expect(ids(silent)).not.toContain(rule);
});

it('has such a pair for every rule (POL-6)', () => {
  const tried = new Set(cases.map(([rule]) => rule));
  const project = new Set(['held-back']);
  expect(RULES.map(({ rule }) => rule).filter((rule) => !tried.has(rule) && !project.has(rule))).toEqual([]);
});

it('says what an unapproved project file asks for and does not get (POL-3, POL-6)', () => {
  const values = { 'resources.memory': 512 * MIB };
  const tiers = [{ tier: 'project' as const, name: 'project file', values }];
  const held = effective({
    level: 'limited',
    name: 'limited',
    tiers: tiers.map((tier) => ({ ...tier, tightenOnly: true })),
    ceilings: {},
  });
  expect(lint(held)).toMatchObject([{ rule: 'held-back', field: 'resources.memory', fix: null }]);
  expect(ids(effective({ level: 'limited', name: 'limited', tiers, ceilings: {} }))).not.toContain('held-back');
});

it('mends each example by its fix, and says so where there is none (POL-6)', () => {
  for (const [rule, policy] of cases) {
    const found = lint(policy).filter((finding) => finding.rule === rule);
    const said = RULES.find((one) => one.rule === rule)?.mends ?? '';
    for (const { fix } of found) {
      if (fix === null) expect([rule, said]).toEqual([rule, expect.stringMatching(/^None:|where this version has it/)]);
      else
        expect([rule, ids(mended(policy, fix.set)).filter((id) => id === rule).length]).toEqual([
          rule,
          found.length - 1,
        ]);
    }
  }
});

it('takes a finding away with its fix and adds none that is worse (POL-6)', () => {
  fc.assert(
    fc.property(anyPolicy, (policy) => {
      const before = lint(policy);
      for (const finding of before) {
        if (finding.fix === null) continue;
        const after = lint(mended(policy, finding.fix.set));
        const same = (one: Finding): boolean => one.rule === finding.rule;
        expect([finding.rule, after.filter(same).length]).toEqual([
          finding.rule,
          expect.toSatisfy((n: number) => n < before.filter(same).length),
        ]);
        const known = new Set(before.map(({ rule }) => rule));
        const worse = after.filter((one) => !known.has(one.rule) && rank(one) > rank(finding));
        expect([finding.rule, worse]).toEqual([finding.rule, []]);
      }
    }),
    { numRuns: 150 },
  );
});

it('gives the same bytes for the same policy, and no control character of it (POL-6)', () => {
  fc.assert(
    fc.property(anyPolicy, fc.string({ maxLength: 40, unit: 'binary' }), (policy, text) => {
      const odd = withValues(policy, {
        'files.mounts': [{ type: 'bind', source: `/home/ada/.ssh/${text}`, target: `/usr/${text}`, mode: 'rw' }],
        'run.env': { API_TOKEN: text, [`LD_PRELOAD`]: text },
        'network.allow': [text, '*.com'],
      });
      const first = JSON.stringify(lint(odd));
      expect(JSON.stringify(lint(structuredClone(odd)))).toBe(first);
      // oxlint-disable-next-line no-control-regex
      for (const { message } of lint(odd)) expect(message).not.toMatch(/[\u0000-\u001f\u007f\u2028\u202e]/);
    }),
    { numRuns: 100 },
  );
});

it('never shows the value of a variable that looks like a secret (POL-6, AUD-5)', () => {
  const value = 'k7Qz1mXw9RtB4vLp0SdFhJ2c';
  const [found] = lint(policyOf('limited', { 'run.env': `THING=${value}` }));
  expect(found).toMatchObject({ rule: 'secret-in-environment', field: 'run.env' });
  expect(JSON.stringify(found)).not.toContain(value);
});
