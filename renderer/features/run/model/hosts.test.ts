import { expect, it } from 'vitest';
import type { Happening } from './journal.ts';
import { hostsOf, ruleFor } from './hosts.ts';

type Seen = Extract<Happening, { type: 'network' }>;
const event = (more: Partial<Seen>): Seen => ({
  type: 'network',
  at: 1,
  kind: 'connect',
  name: null,
  address: null,
  port: null,
  protocol: 'tcp',
  verdict: 'denied',
  rule: 'network.mode: restricted',
  why: 'No rule lists this host.',
  count: 1,
  ...more,
});

it('has one line per host and port, refused ones first (NET-3)', () => {
  const lines = hostsOf([
    event({ kind: 'lookup', name: 'good.test', verdict: 'allowed' }),
    event({ name: 'good.test', port: 443, verdict: 'allowed', rule: 'network.allow: good.test', at: 2 }),
    event({ kind: 'close', name: 'good.test', port: 443, verdict: 'allowed', bytesIn: 100, bytesOut: 10, at: 3 }),
    event({ kind: 'close', name: 'good.test', port: 443, verdict: 'allowed', bytesIn: 11, bytesOut: 1, at: 4 }),
    event({ kind: 'lookup', name: 'evil.test', count: 7, at: 5 }),
  ]);
  expect(lines.map(({ host, port, verdict }) => [host, port, verdict])).toEqual([
    ['evil.test', null, 'denied'],
    ['good.test', 443, 'allowed'],
  ]);
  expect(lines[1]).toMatchObject({ lookups: 1, connections: 1, bytesIn: 111, bytesOut: 11 });
  expect(lines[0]).toMatchObject({ lookups: 7, connections: 0 });
});

it('asks no more about a host that was allowed meanwhile (NET-4)', () => {
  const lines = hostsOf([
    event({ kind: 'lookup', name: 'evil.test' }),
    event({ kind: 'lookup', name: 'evil.test', verdict: 'allowed', at: 2 }),
    event({ name: 'evil.test', port: 80, verdict: 'allowed', at: 3 }),
  ]);
  expect(lines.map(({ verdict }) => verdict)).toEqual(['allowed']);
});

it.each([
  [{ kind: 'lookup', name: 'a.test' }, 'a.test'],
  [{ name: 'a.test', port: 443 }, 'a.test'],
  [{ name: 'a.test', port: 8080 }, 'a.test:8080'],
  [{ address: '203.0.113.9', port: 53, protocol: 'udp' }, '203.0.113.9:53/udp'],
  [
    { address: '169.254.169.254', port: 80, why: '169.254.169.254 is a cloud metadata address, and no rule lists it.' },
    null,
  ],
  [{ kind: 'close', name: 'a.test', port: 443, why: 'The TLS hello names b.test.' }, null],
  [{ address: null, name: null, port: null, protocol: 'other' }, null],
] as const)('offers for %j the rule %s (NET-4)', (more, rule) => {
  expect(ruleFor(hostsOf([event(more as Partial<Seen>)])[0]!)).toBe(rule);
});
