import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyField, FIELD_PATHS } from '../fields.ts';
import { NUMBERS, policyFrom, withValues } from '../testing/arbitrary.ts';
import { policyOf } from '../testing/examples.ts';
import { diffPolicies, grantsBeyond } from './diff.ts';
import { lineDiff } from './lines.ts';

const numbers = fc.array(fc.nat(), { minLength: NUMBERS, maxLength: NUMBERS });
const policies = numbers.map(policyFrom);

describe('in plain words', () => {
  it('says what a policy grants beyond its level, and that this is all (POL-6)', () => {
    expect(
      grantsBeyond(
        policyOf('limited', {
          'resources.memory': '192 MiB',
          'resources.processes': '16',
          'network.mode': 'restricted',
          'network.allow': 'api.prices.example:443, *.cdn.example:443',
          'network.download': '1 MiB/s',
          'network.upload': '512 KiB/s',
        }),
      ),
    ).toEqual([
      'outbound 443 to 2 hosts, 1 MiB/s down, 512 KiB/s up, 10 connections at once',
      '64 MiB of memory, 6 processes',
      'nothing else',
    ]);
    expect(grantsBeyond(policyOf('untrusted'))).toEqual(['nothing else']);
    expect(grantsBeyond(policyOf('untrusted', { 'resources.memory': '32 MiB' }))).toEqual(['nothing else']);
  });

  it('says what is granted, taken away and merely changed (POL-6)', () => {
    const { grants, takes, neither } = diffPolicies(
      policyOf('system', { 'security.seccomp': 'strict', 'files.blocked_paths': '/etc/passwd' }),
      policyOf('system', {
        'network.mode': 'none',
        'security.capabilities': 'SYS_ADMIN',
        'resources.cpu': '150 %',
        'resources.disk_write': '5 MiB/s',
        'files.mounts': 'bind:./data:/data:rw',
        'security.user': '1234:1234',
        'run.env': 'A=1',
      }),
    );
    expect(grants.map(({ text }) => text)).toEqual([
      '50 % of a core',
      'reading and writing ./data at /data',
      'opening /etc/passwd',
      'system calls beyond what the runtimes were seen to need',
      'the capability SYS_ADMIN',
      'the variable A',
    ]);
    expect(takes.map(({ text }) => text)).toEqual([
      'the whole network but this machine and cloud metadata, unlimited down, unlimited up, unlimited connections at once',
      'unlimited disk writes',
    ]);
    expect(neither).toEqual([{ text: 'User: 1234:1234 instead of 1000:1000', fields: ['security.user'] }]);
  });

  it('keeps hosts with other ports apart, up to three groups (POL-6)', () => {
    const words = (allow: string) => grantsBeyond(policyOf('trusted', { 'network.allow': allow }))[0];
    expect(words('a.example:443, b.example')).toBe('outbound 443 to a.example, 443 and 80 to b.example');
    expect(words('a.example:53/udp, b.example:53/udp')).toBe('outbound 53 over UDP to 2 hosts');
    expect(words('a.example:1, b.example:2, c.example:3, d.example:4')).toBe('outbound on several ports to 4 hosts');
  });

  it('says on both sides what a list of hosts gains and loses (POL-6)', () => {
    const { grants, takes, changes } = diffPolicies(
      policyOf('trusted', { 'network.allow': 'a.example:443' }),
      policyOf('trusted', { 'network.allow': 'b.example:8443' }),
    );
    expect([grants, takes].map((side) => side.map(({ text }) => text))).toEqual([
      ['outbound 8443 to b.example'],
      ['outbound 443 to a.example'],
    ]);
    expect(changes).toMatchObject([{ field: 'network.allow', direction: 'both' }]);
  });

  it('grants nothing by hosts that are listed while the network is off (POL-6)', () => {
    const { grants, neither } = diffPolicies(
      policyOf('limited'),
      policyOf('limited', { 'network.allow': 'a.example' }),
    );
    expect(grants).toEqual([]);
    expect(neither).toHaveLength(1);
  });
});

it('says nothing of two equal policies (POL-6)', () => {
  fc.assert(
    fc.property(policies, (policy) => {
      expect(diffPolicies(policy, structuredClone(policy))).toEqual({
        changes: [],
        grants: [],
        takes: [],
        neither: [],
      });
    }),
  );
});

it('speaks of every field that differs, once on each side at most, and of no other (POL-6)', () => {
  fc.assert(
    fc.property(policies, policies, (a, b) => {
      const { changes, grants, takes, neither } = diffPolicies(a, b);
      const differing = FIELD_PATHS.filter((path) => {
        const { format } = anyField(path).kind;
        return format(a.fields[path].value) !== format(b.fields[path].value);
      });
      expect(changes.map(({ field }) => field)).toEqual(differing);
      const sides = [grants, takes, neither].map((side) => side.flatMap(({ fields }) => fields));
      for (const side of sides) expect(new Set(side).size).toBe(side.length);
      expect(new Set(sides.flat())).toEqual(new Set(differing));
      const [more = [], less = [], same = []] = sides;
      for (const { field, direction } of changes)
        expect([field, more.includes(field), less.includes(field), same.includes(field)]).toEqual([
          field,
          direction === 'grants' || direction === 'both',
          direction === 'takes' || direction === 'both',
          direction === 'neither',
        ]);
    }),
    { numRuns: 300 },
  );
});

it('takes from b to a what it grants from a to b (POL-6)', () => {
  fc.assert(
    fc.property(policies, policies, (a, b) => {
      const [there, back] = [diffPolicies(a, b), diffPolicies(b, a)];
      expect(back.takes).toEqual(there.grants);
      expect(back.grants).toEqual(there.takes);
    }),
  );
});

/** These say nothing while the network they belong to is off. */
const OF_THE_NETWORK = /^network\.(allow|block|download|upload|connections)$/;
const ordered = FIELD_PATHS.filter((path) => anyField(path).kind.looser !== null);

it('leaves no looser value unsaid (POL-6)', () => {
  fc.assert(
    fc.property(numbers, numbers, fc.constantFrom(...ordered), (first, second, path) => {
      const policy = policyFrom(first);
      const { value } = policyFrom(second).fields[path];
      if (anyField(path).kind.looser?.(value, policy.fields[path].value) !== true) return;
      if (OF_THE_NETWORK.test(path) && policy.fields['network.mode'].value === 'none') return;
      const { grants } = diffPolicies(policy, withValues(policy, { [path]: value }));
      expect([path, grants.flatMap(({ fields }) => fields)]).toEqual([path, [path]]);
    }),
    { numRuns: 1500 },
  );
});

describe('line by line', () => {
  it('marks what was added and removed, with the lines of both sides (POL-6)', () => {
    expect(lineDiff('a: 1\nb: 2\nc: 3\n', 'a: 1\nb: 3\nc: 3\nd: 4')).toEqual([
      { kind: 'same', text: 'a: 1', before: 1, after: 1 },
      { kind: 'removed', text: 'b: 2', before: 2, after: null },
      { kind: 'added', text: 'b: 3', before: null, after: 2 },
      { kind: 'same', text: 'c: 3', before: 3, after: 3 },
      { kind: 'added', text: 'd: 4', before: null, after: 4 },
    ]);
    expect(lineDiff('', '')).toEqual([]);
    expect(lineDiff('a\r\nb\r\n', 'a\nb\n').every(({ kind }) => kind === 'same')).toBe(true);
  });

  it('gives back both texts, whatever they are (POL-6)', () => {
    const text = fc
      .array(fc.constantFrom('', 'a', 'b', ' c', '- d', '#'), { maxLength: 30 })
      .map((lines) => lines.map((line) => `${line}\n`).join(''));
    fc.assert(
      fc.property(text, text, (a, b) => {
        const lines = lineDiff(a, b);
        const side = (kind: 'added' | 'removed'): string =>
          lines.flatMap((line) => (line.kind === 'same' || line.kind === kind ? [`${line.text}\n`] : [])).join('');
        expect([side('removed'), side('added')]).toEqual([a, b]);
      }),
    );
  });

  it('calls texts of ten thousand other lines altogether different (POL-7)', () => {
    const [a, b] = ['a', 'b'].map((word) => Array.from({ length: 10_000 }, (_, at) => `${word}${at}\n`).join(''));
    const lines = lineDiff(a!, b!);
    expect(lines).toHaveLength(20_000);
    expect(lines[0]?.kind).toBe('removed');
    expect(lines.at(-1)?.kind).toBe('added');
  });
});
