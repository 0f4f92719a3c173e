import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readFlow, Flows } from './flows.ts';
import { lookupsDropped } from './watch.ts';
import { ipv6, readLogged } from './packet-log.ts';

/** From the kernel's log: TCP from port 53480 to 203.0.113.10:80. */
const LOGGED = Buffer.from(
  [
    '02000005',
    '0800010008000300',
    '0b000a0064656e6965640000',
    '0800050000000008',
    '08000b00000003e8',
    '08000e0000000000',
    '400009004500003cdf914000400614480ad60002cb00710a',
    'd0e8005061071186000000 00a002faf047110000020405b40402080a4eb38c90000000000103030a'.replace(' ', ''),
  ].join(''),
  'hex',
);

it('reads verdict, address and ports of a packet that the kernel logged (NET-3)', () => {
  expect(readLogged(LOGGED)).toEqual({
    verdict: 'denied',
    protocol: 'tcp',
    address: '203.0.113.10',
    from: 53_480,
    port: 80,
  });
});

it('writes addresses of IPv6 as everybody else does (NET-3)', () => {
  const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
  fc.assert(
    fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
      const bytes = Buffer.from(groups.flatMap((one) => [one >> 8, one & 255]));
      const written = new URL(`http://[${groups.map((one) => one.toString(16)).join(':')}]/`).hostname;
      expect(`[${ipv6(bytes)}]`).toBe(written);
    }),
  );
  expect(ipv6(Buffer.alloc(16))).toBe('::');
});

it('never throws on what is no packet (NET-3)', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
      readLogged(Buffer.from(noise));
    }),
    { numRuns: 500 },
  );
});

const LINE =
  'tcp      6 117 TIME_WAIT src=10.214.0.2 dst=203.0.113.10 sport=53480 dport=80 packets=6 bytes=381 src=203.0.113.10 dst=10.214.0.2 sport=80 dport=53480 packets=5 bytes=400 [ASSURED] mark=0 use=1';

it('reads what a connection carried from the kernel’s table (NET-3)', () => {
  expect(readFlow(LINE)).toEqual({
    key: 'tcp 53480 203.0.113.10 80',
    address: '203.0.113.10',
    port: 80,
    protocol: 'tcp',
    out: 381,
    in: 400,
    over: true,
  });
  expect(
    readFlow(
      'udp 17 29 src=10.0.0.2 dst=1.2.3.4 sport=9 dport=53 packets=1 bytes=29 [UNREPLIED] src=1.2.3.4 dst=10.0.0.2 sport=53 dport=9 packets=0 bytes=0 mark=0 use=1',
    ),
  ).toMatchObject({ protocol: 'udp', out: 29, in: 0, over: false });
  for (const other of [
    '',
    'icmp 1 29 src=1.2.3.4 dst=1.2.3.4',
    'conntrack v1.4.7: 3 flow entries',
    LINE.replace('TIME_WAIT', 'SYN_SENT'),
  ])
    expect(readFlow(other)).toBeNull();
});

it('tells of each connection once, when it is over or gone or the run ends (NET-3)', () => {
  const over = readFlow(LINE)!;
  const open = { ...over, key: 'other', over: false };
  const flows = new Flows();
  expect(flows.look([over, open])).toEqual([over]);
  expect(flows.look([over, open])).toEqual([]);
  expect(flows.look([over])).toEqual([open]);
  expect(flows.look([open], true)).toEqual([open]);
  expect(flows.look([], true)).toEqual([]);
});

it('reads how many lookups the kernel had no room for (NET-3)', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
 1171: 00000000:1388 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1 2 0000000000000000 9
 1259: 3500007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000 64002        0 1 2 0000000000000000 412
`;
  expect(lookupsDropped(table)).toBe(412);
  expect(lookupsDropped('')).toBe(0);
});
