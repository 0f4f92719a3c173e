import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineDiff } from '../diff/lines.ts';
import { readPolicy } from '../document/index.ts';
import { decideText, ruleSet } from '../network/decide.ts';
import { covers, remedies, type Refusal } from './suggest.ts';
import { newWithHosts, withHosts } from './with-hosts.ts';

const refusal = (more: Partial<Refusal>): Refusal => ({
  kind: 'connect',
  name: null,
  address: null,
  port: 443,
  protocol: 'tcp',
  rule: 'network.mode: restricted',
  ...more,
});
const remedy = (more: Partial<Refusal>, allow: readonly string[] = [], mode: 'restricted' | 'full' = 'restricted') =>
  remedies({ mode, allow })(refusal(more));

describe('the smallest change that allows a refused attempt (OBS-3, NET-4)', () => {
  it.each<[string, Partial<Refusal>, string]>([
    ['a lookup', { kind: 'lookup', name: 'Files.Example.', port: null, protocol: 'udp' }, 'files.example'],
    ['a port that is not listed', { name: 'files.example', port: 8443 }, 'files.example:8443'],
    ['a datagram', { name: 'time.example', port: 123, protocol: 'udp' }, 'time.example:123/udp'],
    ['a bare address', { address: '198.51.100.7', port: 443 }, '198.51.100.7:443'],
    ['a private address', { address: '10.1.2.3', port: 22 }, '10.1.2.3:22'],
    ['an address of IPv6', { address: '2001:db8::1', port: 8443 }, '[2001:db8::1]:8443'],
    [
      'a name that leads to a private address',
      { kind: 'lookup', name: 'inner.example', address: '10.1.2.3', port: null },
      '10.1.2.3',
    ],
  ])('is one rule for %s', (_what, given, rule) => {
    expect(remedy(given)).toMatchObject({ rule });
  });

  it('says what is special about the place that it would open', () => {
    expect(remedy({ address: '169.254.169.254', port: 80 })).toEqual({
      rule: '169.254.169.254:80',
      special: 'metadata',
    });
    expect(remedy({ address: '10.1.2.3' })).toMatchObject({ special: 'private' });
    expect(remedy({ kind: 'lookup', name: 'metadata.google.internal', port: null })).toMatchObject({
      special: 'metadata',
    });
    expect(remedy({ name: 'files.example' })).toMatchObject({ special: null });
  });

  it('knows an address of the engine’s machine by its being refused although the rules would let it pass', () => {
    const rule = 'network.mode: full';
    expect(remedy({ address: '198.51.100.1', port: 80, rule }, [], 'full')).toEqual({
      rule: '198.51.100.1:80',
      special: 'host',
    });
  });

  it.each<[string, Partial<Refusal>]>([
    ['a blocked host', { name: 'bad.example', rule: 'network.block: bad.example' }],
    ['a full house', { name: 'files.example', rule: 'network.connections: 10' }],
    ['what was said on a connection', { kind: 'close', name: 'files.example' }],
    ['a ping', { address: '198.51.100.7', port: null, protocol: 'icmp' }],
    ['IPv6 where there is none', { address: '2001:db8::1', rule: 'engine: IPv4 only' }],
    ['nothing that is known', { port: null }],
    ['a name that is none', { kind: 'lookup', name: 'a b', port: null }],
    ['text that is no address', { address: 'x.y.z' }],
  ])('is no rule for %s, and it says why', (_what, given) => {
    expect(remedy(given)).toMatchObject({ rule: null, why: expect.stringMatching(/\.$/) });
  });

  it('knows what a wider rule covers', () => {
    const files = refusal({ name: 'files.example' });
    expect(['files.example', '*.example', 'files.example:1-65535'].map((rule) => covers(rule, files))).toEqual([
      true,
      true,
      true,
    ]);
    expect(['example', 'files.example:22', '', 'a b'].some((rule) => covers(rule, files))).toBe(false);
    expect(covers('0.0.0.0/0:*', refusal({ address: '169.254.169.254', port: 80 }))).toBe(false);
  });

  it('always allows exactly what was refused, and nothing on another port', () => {
    const name = fc.constantFrom('a.example', 'b.example', null);
    const address = fc.constantFrom('198.51.100.7', '10.0.0.9', '169.254.169.254');
    const port = fc.constantFrom(22, 80, 443, 8443);
    const protocol = fc.constantFrom('tcp' as const, 'udp' as const);
    fc.assert(
      fc.property(name, address, port, protocol, (name, address, port, protocol) => {
        const found = remedy({ name, address, port, protocol });
        expect(found.rule).not.toBeNull();
        const rules = ruleSet({ mode: 'restricted', allow: [found.rule!], block: [] });
        expect(decideText(rules, { name, address, port, protocol }).verdict).toBe('allowed');
        expect(decideText(rules, { name, address, port: port + 1, protocol }).verdict).toBe('denied');
      }),
      { numRuns: 60 },
    );
  });
});

const added = (before: string, after: string): string[] =>
  lineDiff(before, after).flatMap(({ kind, text }) =>
    kind === 'same' ? [] : [`${kind === 'added' ? '+' : '-'}${text}`],
  );

describe('a policy with more allowed hosts (NET-4, POL-4)', () => {
  it('adds one line to a list, and keeps comments and order', () => {
    const before = '# ours\ntrust_level: trusted\nnetwork:\n  mode: restricted\n  allow:\n    - api.example   # v2\n';
    const after = withHosts(before, ['Files.Example', 'files.example']);
    expect(added(before, after)).toEqual(['+    - files.example']);
    expect(withHosts(after, ['files.example'])).toBe(after);
  });

  it('adds to what the levels and settings list where the policy only adds', () => {
    const before =
      'trust_level: trusted\nnetwork:\n  allow:\n    add:\n      - api.example\n    remove:\n      - old.example\n';
    expect(added(before, withHosts(before, ['files.example']))).toEqual(['+      - files.example']);
    const after = withHosts(before, ['old.example']);
    expect(readPolicy('', '', after).document?.changes['network.allow']).toEqual({
      add: ['api.example', 'old.example'],
      remove: [],
    });
  });

  it('begins a list, and the mode with it where there is no network', () => {
    const plain = withHosts('trust_level: trusted\n', ['files.example:8443']);
    expect(readPolicy('', '', plain).document).toMatchObject({
      values: {},
      changes: { 'network.allow': { add: ['files.example:8443'], remove: [] } },
    });
    const closed = withHosts('trust_level: limited\n', ['files.example']);
    expect(readPolicy('', '', closed).document?.values['network.mode']).toBe('restricted');
  });

  it('makes a new policy from a level', () => {
    const document = { name: 'mine', level: 'trusted', description: 'For a.py', values: {}, changes: {} } as const;
    const text = newWithHosts(document, ['files.example']);
    expect(text).toContain('trust_level: trusted');
    expect(readPolicy('', 'mine', text)).toMatchObject({ problems: [], document: { level: 'trusted' } });
  });

  it('refuses what is no rule', () => {
    for (const rule of ['', 'a b', '*', 'x:0', '${x}', `${'a'.repeat(2000)}.example`])
      expect(() => withHosts('trust_level: trusted\n', [rule])).toThrow();
  });
});
