import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideText, ruleSet, type RuleSetInput } from './decide.ts';

const ask = (
  input: Partial<RuleSetInput>,
  name: string | null,
  address: string | null,
  port: number | null = 443,
  protocol: 'tcp' | 'udp' = 'tcp',
) => decideText(ruleSet({ mode: 'restricted', allow: [], block: [], ...input }), { name, address, port, protocol });

describe('network decisions', () => {
  it('allows what is listed and nothing else (NET-2)', () => {
    const allow = ['api.example', '203.0.113.0/24:8080', '[2001:db8:1::/48]:443'];
    expect(ask({ allow }, 'api.example', '198.51.100.1')).toMatchObject({
      verdict: 'allowed',
      rule: 'network.allow: api.example',
    });
    expect(ask({ allow }, 'api.example', null, null).verdict).toBe('allowed');
    expect(ask({ allow }, 'api.example', '198.51.100.1', 22).verdict).toBe('denied');
    expect(ask({ allow }, 'api.example', '198.51.100.1', 443, 'udp').verdict).toBe('denied');
    expect(ask({ allow }, null, '198.51.100.1').verdict).toBe('denied');
    expect(ask({ allow }, null, '203.0.113.9', 8080).verdict).toBe('allowed');
    expect(ask({ allow }, null, '2001:db8:1::5').verdict).toBe('allowed');
    expect(ask({ allow }, null, '2001:db8:2::5').verdict).toBe('denied');
  });

  it('takes the address that the policy gives a name for meant, where the name or the address is listed (NET-2)', () => {
    const given = { 'db.example': '10.1.2.3', 'meta.example': '169.254.169.254', 'plain.example': '198.51.100.7' };
    const allow = ['db.example:5432', '198.51.100.7:8080'];
    expect(ask({ allow, given }, 'db.example', '10.1.2.3', 5432).verdict).toBe('allowed');
    expect(ask({ allow }, 'db.example', '10.1.2.3', 5432).verdict).toBe('denied');
    expect(ask({ allow, given }, 'db.example', '10.1.2.4', 5432).verdict).toBe('denied');
    expect(ask({ allow, given }, 'db.example', '10.1.2.3', 22).verdict).toBe('denied');
    expect(ask({ allow, given }, null, '10.1.2.3', 5432).verdict).toBe('denied');
    expect(ask({ allow, given }, 'plain.example', null, null).rule).toBe('network.allow: 198.51.100.7:8080');
    expect(ask({ allow, given }, 'plain.example', null, 443).verdict).toBe('denied');
    expect(ask({ mode: 'full', given }, 'meta.example', null, null).verdict).toBe('denied');
    expect(ask({ mode: 'full', given, allow: ['meta.example:80'] }, 'meta.example', null, 80).verdict).toBe('allowed');
    const block = ['10.0.0.0/8'];
    expect(ask({ allow, given, block }, 'db.example', null, null).verdict).toBe('denied');
  });

  it('takes a wildcard for names below it only (NET-2)', () => {
    const allow = ['*.example.org'];
    for (const name of ['a.example.org', 'a.b.example.org'])
      expect(ask({ allow }, name, null, null).verdict).toBe('allowed');
    for (const name of ['example.org', 'evilexample.org', 'example.org.evil.net', 'org'])
      expect(ask({ allow }, name, null, null).verdict).toBe('denied');
  });

  it('lets deny beat allow, whatever the order and the width (NET-2)', () => {
    const input = { allow: ['*.example.org:1-65535', '203.0.113.5:443'], block: ['bad.example.org', '203.0.113.0/24'] };
    expect(ask(input, 'good.example.org', '198.51.100.1').verdict).toBe('allowed');
    expect(ask(input, 'bad.example.org', '198.51.100.1', 9999).verdict).toBe('denied');
    expect(ask(input, 'bad.example.org', null, null).verdict).toBe('denied');
    expect(ask(input, 'good.example.org', '203.0.113.9').rule).toBe('network.block: 203.0.113.0/24');
    expect(ask(input, null, '203.0.113.5').verdict).toBe('denied');
    expect(ask({ mode: 'full', block: ['bad.example'] }, 'bad.example', '198.51.100.1', 53, 'udp').verdict).toBe(
      'denied',
    );
    expect(ask({ mode: 'full', block: ['bad.example:443'] }, 'bad.example', '198.51.100.1', 80).verdict).toBe(
      'allowed',
    );
  });

  it.each([
    '169.254.169.254',
    '10.1.2.3',
    '192.168.0.1',
    '127.0.0.1',
    '100.100.100.200',
    'fd00:ec2::254',
    '::1',
    'fe80::1',
    '64:ff9b::a9fe:a9fe',
    '::ffff:169.254.169.254',
    '2002:a9fe:a9fe::1',
    '0.0.0.0',
  ])('refuses an allowed name that resolves to %s (NET-2)', (address) => {
    const allow = ['rebind.example', '0.0.0.0/0:*', '[::/0]:*'];
    expect(ask({ allow }, 'rebind.example', address)).toMatchObject({
      verdict: 'denied',
      rule: 'network.mode: restricted',
    });
    expect(ask({ allow }, null, address).verdict).toBe('denied');
  });

  it('reaches a special address only when a rule lists it by address (NET-1, NET-2)', () => {
    expect(ask({ allow: ['10.1.2.3:443'] }, null, '10.1.2.3').verdict).toBe('allowed');
    expect(ask({ allow: ['10.0.0.0/8:443'] }, null, '10.1.2.3').verdict).toBe('allowed');
    expect(ask({ allow: ['db.example:443', '10.1.2.3:443'] }, 'db.example', '10.1.2.3').verdict).toBe('allowed');
    expect(ask({ allow: ['169.254.0.0/16:80'] }, null, '169.254.169.254', 80).verdict).toBe('denied');
    expect(ask({ allow: ['169.254.169.254:80'] }, null, '169.254.169.254', 80).verdict).toBe('allowed');
  });

  it('refuses metadata and the engine host under full, and lets private networks pass (NET-1)', () => {
    const full = { mode: 'full', hosts: ['10.213.0.1', '203.0.113.1'] } as const;
    for (const address of ['169.254.169.254', '10.213.0.1', '203.0.113.1', 'fd00:ec2::254'])
      expect(ask(full, null, address, 80)).toMatchObject({ verdict: 'denied', rule: 'network.mode: full' });
    expect(ask(full, 'metadata.google.internal', null, null).verdict).toBe('denied');
    expect(ask(full, 'host.docker.internal', null, null).verdict).toBe('denied');
    expect(ask(full, null, '10.213.0.2', 80).verdict).toBe('allowed');
    expect(ask(full, 'any.example', '198.51.100.1', 12_345, 'udp').verdict).toBe('allowed');
    expect(ask({ ...full, allow: ['10.213.0.1:80'] }, null, '10.213.0.1', 80).verdict).toBe('allowed');
    expect(ask({ ...full, allow: ['10.0.0.0/8:80'] }, null, '10.213.0.1', 80).verdict).toBe('denied');
  });

  it('reaches no IPv4 address by one of IPv6 that stands for it, unless a rule lists that (NET-1, NET-2)', () => {
    // 198.51.100.7 of this machine, 169.254.169.254 and 10.0.0.1, as translators and tunnels write them.
    const full = { mode: 'full', hosts: ['198.51.100.7'] } as const;
    for (const address of ['64:ff9b::c633:6407', '64:ff9b:1::a00:1', '2002:a9fe:a9fe::1', '2001:0:1::1', '::a00:1'])
      expect(ask(full, null, address, 80)).toMatchObject({ verdict: 'denied', rule: 'network.mode: full' });
    expect(ask(full, null, '2001:db8::1', 80).verdict).toBe('allowed');
    expect(ask({ allow: ['[64:ff9b::/96]:443'] }, null, '64:ff9b::c633:6407').verdict).toBe('allowed');
  });

  it('never allows what no rule names, and never what a rule blocks (NET-2)', () => {
    const name = fc.constantFrom('a.example', 'b.a.example', 'c.example', 'evila.example');
    const rule = fc.constantFrom('a.example', '*.a.example', 'c.example:22', '203.0.113.0/24:*', '198.51.100.7');
    const address = fc.constantFrom('203.0.113.9', '198.51.100.7', '192.0.2.1', '10.0.0.1');
    const port = fc.constantFrom(22, 80, 443, 8080);
    fc.assert(
      fc.property(fc.array(rule), fc.array(rule), name, address, port, (allow, block, asked, at, number) => {
        const whole = ask({ allow, block }, asked, at, number);
        if (allow.length === 0) expect(whole.verdict).toBe('denied');
        // One more block never opens, one more allow never closes what another allow opened.
        expect(ask({ allow, block: [...block, asked] }, asked, at, number).verdict).toBe('denied');
        if (whole.verdict === 'allowed')
          expect(ask({ allow: [...allow, 'other.example'], block }, asked, at, number).verdict).toBe('allowed');
        expect(ask({ allow: allow.toReversed(), block: block.toReversed() }, asked, at, number).verdict).toBe(
          whole.verdict,
        );
      }),
      { numRuns: 300 },
    );
  });

  it('decides among ten thousand rules (NET-2)', () => {
    const allow = Array.from({ length: 10_000 }, (_, i) => `h${i}.example:443`);
    const rules = ruleSet({ mode: 'restricted', allow, block: ['h5000.example'] });
    const at = (name: string) =>
      decideText(rules, { name, address: '198.51.100.1', port: 443, protocol: 'tcp' }).verdict;
    expect([at('h9999.example'), at('h5000.example'), at('h10000.example')]).toEqual(['allowed', 'denied', 'denied']);
  });
});
