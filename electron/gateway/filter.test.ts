import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { GatewayConfig, PacketRule } from '../../shared/domain/gateway.ts';
import { decideText, IPV4_ONLY, ruleSet } from '../../shared/policy/network/decide.ts';
import { gatewayConfig } from '../../shared/policy/network/packets.ts';
import { cidr, contains, parseAddress } from '../../shared/policy/network/address.ts';
import { filterText, pinText, readCounts } from './filter.ts';

const NOTHING: GatewayConfig = {
  mode: 'restricted',
  ipv6: false,
  blocked: [],
  exempt: [],
  refused: [],
  open: [],
  named: [],
  relayed: [],
  published: [],
  download: null,
  upload: null,
  connections: null,
  inKernel: true,
};

const PLAN = {
  allow: [],
  block: [],
  dns: 'system',
  hosts: {},
  publish: [],
  download: null,
  upload: null,
  connections: null,
  onBreach: 'refuse',
} as const;

/** What the kernel does with the text's order of rules, for a new packet of the script to an address outside. */
function verdict(config: GatewayConfig, address: string, port: number, protocol: 'tcp' | 'udp'): 'allowed' | 'denied' {
  const at = parseAddress(address)!;
  if (at.kind() === 'ipv6' && !config.ipv6) return 'denied';
  const hits = (rule: PacketRule): boolean =>
    rule.ranges.some((range) => contains(cidr(range), at)) &&
    (rule.protocol === null || rule.protocol === protocol) &&
    (rule.ports === null || rule.ports.some(({ from, to }) => from <= port && port <= to));
  if (config.blocked.some(hits)) return 'denied';
  if (config.exempt.some(hits)) return 'allowed';
  if (config.refused.some((range) => contains(cidr(range), at))) return 'denied';
  if (config.open.some(hits)) return 'allowed';
  return config.mode === 'full' ? 'allowed' : 'denied';
}

it('drops what it does not know, in and out, and closes what is not for the script (NET-2)', () => {
  const text = filterText(NOTHING);
  expect(text).toContain('type filter hook output priority 0; policy drop;');
  expect(text).toContain('type filter hook input priority 0; policy drop;');
  expect(text).toContain('type filter hook forward priority 0; policy drop;');
  const out = text.slice(text.indexOf('chain out'), text.indexOf('chain in'));
  expect(out.trim().split('\n').slice(-2)[0]).toContain('goto refuse');
  expect(out).not.toContain('goto grant');
  expect(filterText({ ...NOTHING, mode: 'full' })).toContain('goto grant');
});

it('agrees with the decision that core tells, for every address and port (NET-2, POL-9)', () => {
  const rule = fc.constantFrom(
    '203.0.113.0/24',
    '203.0.113.9:8080',
    '203.0.113.0/25:*',
    '10.1.0.0/16:1-1000',
    '10.0.0.5:53/udp',
    '169.254.169.254:80',
    '0.0.0.0/0:443',
    '10.213.0.1:80',
    '10.213.0.0/24:443',
    '[2001:db8::/32]:443',
    '[2001:db8:5::/48]:*',
    '[64:ff9b::/96]:80',
    '[fd00:ec2::254]:80',
    '[::/0]:443',
    '[fdaa::1]:53/udp',
    'name.example',
  );
  const address = fc.constantFrom(
    '203.0.113.9',
    '203.0.113.200',
    '10.1.2.3',
    '10.0.0.5',
    '169.254.169.254',
    '169.254.1.1',
    '192.168.1.1',
    '10.213.0.1',
    '10.213.0.7',
    '192.0.2.1',
    '8.8.8.8',
    '2001:db8::1',
    '2001:db8:5::9',
    '2001:db8:7::1',
    'fdbb::7',
    'fdaa::1',
    'fd00:ec2::254',
    'fe80::1',
    'ff02::1',
    '::1',
    '64:ff9b::a9fe:a9fe',
    '2002:c000:201::1',
  );
  const hosts = ['10.213.0.0/24', '10.213.0.1', '192.0.2.1', 'fdbb::/64', '2001:db8:7::1'];
  fc.assert(
    fc.property(
      fc.constantFrom('restricted', 'full'),
      fc.array(rule, { maxLength: 5 }),
      fc.array(rule, { maxLength: 3 }),
      address,
      fc.constantFrom(53, 80, 443, 8080),
      fc.constantFrom('tcp', 'udp'),
      fc.boolean(),
      (mode, allow, block, at, port, protocol, ipv6) => {
        const config = gatewayConfig({ ...PLAN, mode, allow, block }, hosts, { ipv6 });
        filterText(config);
        const rules = ruleSet({ mode, allow, block, hosts });
        const without = at.includes(':') && !ipv6;
        const decided = without ? IPV4_ONLY : decideText(rules, { name: null, address: at, port, protocol });
        expect([decided.verdict, decided.why]).toEqual([verdict(config, at, port, protocol), decided.why]);
      },
    ),
    { numRuns: 2000 },
  );
});

it('lets nothing but addresses and numbers into the text (NET-2)', () => {
  const evil = '1.2.3.4 } }; flush ruleset; #';
  expect(() => filterText({ ...NOTHING, refused: [evil] })).toThrow(TypeError);
  expect(() => filterText({ ...NOTHING, open: [{ ranges: [evil], ports: null, protocol: null }] })).toThrow(TypeError);
  expect(() => pinText([{ set: 'pinned', address: evil, seconds: 5 }])).toThrow(TypeError);
  expect(() => pinText([{ set: 'x } ; flush', address: '1.2.3.4', seconds: 5 }])).toThrow(TypeError);
  for (const wrong of ['1.2.3.4/33x', '::1 }', 'ff02::1%eth0', ':', 'abcd'])
    expect(() => filterText({ ...NOTHING, ipv6: true, refused: [wrong] })).toThrow(TypeError);
  expect(() => filterText({ ...NOTHING, relayed: [Number.NaN] })).toThrow(TypeError);
  expect(() => filterText({ ...NOTHING, published: [{ port: 70_000, protocol: 'tcp' }] })).toThrow(TypeError);
});

it('groups ten thousand ranges by their ports (NET-2)', () => {
  const allow = Array.from({ length: 10_000 }, (_, i) => `198.51.${i >> 8}.${i & 255}:443`);
  const config = gatewayConfig({ ...PLAN, mode: 'restricted', allow }, []);
  expect(config.open).toHaveLength(1);
  expect(filterText(config).split('\n').length).toBeLessThan(80);
});

it('reads the counters of the filter (NET-3)', () => {
  const text =
    'table inet bellglass {\n\tcounter allowed {\n\t\tpackets 3 bytes 180\n\t}\n\tcounter denied {\n\t\tpackets 2000 bytes 1\n\t}\n}';
  expect(readCounts(text)).toEqual({ allowed: 3, denied: 2000, crowded: 0 });
  expect(readCounts('')).toEqual({ allowed: 0, denied: 0, crowded: 0 });
});
