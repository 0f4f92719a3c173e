import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '#shared/domain/run.ts';
import { Ledger, placeWords, type Host, type Seen } from './ledger.ts';

const START = 1_000_000;
const seen = (at: number, more: Partial<Seen>): Seen => ({
  type: 'network',
  at: START + at,
  kind: 'connect',
  name: 'files.example',
  address: '198.51.100.7',
  port: 443,
  protocol: 'tcp',
  verdict: 'allowed',
  rule: 'network.allow: files.example',
  why: '`files.example` is allowed.',
  count: 1,
  ...more,
});
const lookup = (at: number, verdict: Seen['verdict'], more: Partial<Seen> = {}): Seen =>
  seen(at, {
    kind: 'lookup',
    port: null,
    protocol: 'udp',
    address: null,
    verdict,
    ...(verdict === 'denied' ? { rule: 'network.mode: restricted', why: 'No rule lists this host.' } : {}),
    ...more,
  });
const denied = (at: number, more: Partial<Seen> = {}): Seen =>
  seen(at, { verdict: 'denied', rule: 'network.mode: restricted', why: 'No rule lists this host.', ...more });
const allowed = (at: number, rule: string): RunEvent => ({
  type: 'note',
  at: START + at,
  message: `Allowed for this run: ${rule}.`,
  network: { allowed: rule },
});
const ledgerOf = (events: readonly RunEvent[], listed: readonly string[] = []) =>
  new Ledger('restricted', listed).take(events);
const sum = (hosts: readonly Host[], field: 'lookups' | 'connections' | 'denied' | 'bytesIn'): number =>
  hosts.reduce((all, host) => all + host[field], 0);

describe('hosts of a run (NET-3)', () => {
  it('gathers lookups, connections and their ends under the host, with bytes, times and the deciding rule', () => {
    const { hosts } = ledgerOf(
      [
        lookup(0, 'allowed'),
        seen(5, {}),
        seen(90, { kind: 'close', bytesIn: 4000, bytesOut: 200, duration: 85 }),
        seen(100, { port: 8443, name: null }),
      ],
      ['files.example'],
    );
    expect(hosts).toHaveLength(2);
    expect(hosts[0]).toMatchObject({
      key: 'files.example',
      verdict: 'allowed',
      rule: 'network.allow: files.example',
      lookups: 1,
      connections: 1,
      denied: 0,
      bytesIn: 4000,
      bytesOut: 200,
      ended: 1,
      duration: 85,
      first: START,
      last: START + 90,
      remedy: null,
    });
    expect(hosts[1]).toMatchObject({ key: '198.51.100.7', connections: 1 });
  });

  it('counts a sampled flood exactly, also where the hosts are no longer told apart', () => {
    const { hosts } = ledgerOf([
      denied(0),
      denied(1),
      denied(1000, { count: 9_998 }),
      denied(2000, { name: null, address: null, port: null, count: 5_000 }),
    ]);
    expect(hosts.map(({ key, connections, denied }) => [key, connections, denied])).toEqual([
      ['files.example', 10_000, 10_000],
      ['', 5_000, 5_000],
    ]);
    expect([sum(hosts, 'connections'), sum(hosts, 'denied')]).toEqual([15_000, 15_000]);
  });

  it('loses no count and no byte, in whatever batches the events come', () => {
    const event = fc.record({
      kind: fc.constantFrom('lookup' as const, 'connect' as const, 'close' as const),
      name: fc.constantFrom('a.example', 'b.example', null),
      verdict: fc.constantFrom('allowed' as const, 'denied' as const),
      count: fc.integer({ min: 1, max: 1e6 }),
      bytesIn: fc.integer({ min: 0, max: 1e9 }),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), fc.integer({ min: 1, max: 7 }), (given, step) => {
        const events = given.map((one, i) => seen(i, one));
        const ledger = new Ledger('restricted', []);
        let before = ledger.take([]);
        for (let to = step; to < events.length + step; to += step) {
          const earlier = before.hosts.map(({ events }) => events.length);
          const kept = before;
          before = ledger.take(events.slice(0, to));
          expect(kept.hosts.map(({ events }) => events.length)).toEqual(earlier);
        }
        const { hosts } = before;
        expect(hosts).toEqual(new Ledger('restricted', []).take(events).hosts);
        const told = (kind: string) => given.reduce((all, one) => all + (one.kind === kind ? one.count : 0), 0);
        expect([sum(hosts, 'lookups'), sum(hosts, 'connections')]).toEqual([told('lookup'), told('connect')]);
        const refused = given.reduce((all, one) => all + (one.verdict === 'denied' ? one.count : 0), 0);
        expect(sum(hosts, 'denied')).toBe(refused);
        expect(sum(hosts, 'bytesIn')).toBe(given.reduce((all, one) => all + one.bytesIn, 0));
      }),
      { numRuns: 60 },
    );
  });

  it('says partly denied where one port is open and another is not', () => {
    const { hosts } = ledgerOf([lookup(0, 'allowed'), seen(1, {}), denied(2, { port: 22 })], ['files.example']);
    expect(hosts[0]).toMatchObject({ verdict: 'partly', why: 'No rule lists this host.' });
    expect(hosts[0]?.remedy).toMatchObject({ rule: 'files.example:22' });
    expect(placeWords(hosts[0]!.places)).toBe('22 and 443');
  });

  it('turns a denied host into an allowed one with the first attempt that passes, and keeps what was denied', () => {
    const ledger = new Ledger('restricted', []);
    const events: RunEvent[] = [lookup(0, 'denied'), lookup(1, 'denied')];
    expect(ledger.take(events).hosts[0]).toMatchObject({ verdict: 'denied', remedy: { rule: 'files.example' } });
    events.push(allowed(2, 'files.example'));
    expect(ledger.take(events)).toMatchObject({
      allowed: ['files.example'],
      hosts: [{ verdict: 'denied', remedy: null }],
    });
    events.push(lookup(3, 'allowed'), seen(4, {}));
    expect(ledger.take(events).hosts[0]).toMatchObject({
      verdict: 'allowed',
      denied: 2,
      rule: expect.stringContaining('allow'),
    });
  });

  it('offers all ports of a host that were refused, and forgets none for what no rule opens', () => {
    const ended = denied(4, { kind: 'close', port: 443, why: 'The request is for evil.example.' });
    const events: RunEvent[] = [denied(1, { port: 8443 }), denied(2, { port: 22 }), denied(3, { port: 22 }), ended];
    const ledger = new Ledger('restricted', ['files.example']);
    expect(ledger.take(events).hosts[0]?.remedy).toMatchObject({ rule: 'files.example:22,8443' });
    events.push(allowed(5, 'files.example:22'));
    expect(ledger.take(events).hosts[0]?.remedy).toMatchObject({ rule: 'files.example:8443' });
    events.push(seen(6, { port: 8443 }));
    expect(ledger.take(events).hosts[0]?.remedy).toMatchObject({ rule: null });
    const scan = Array.from({ length: 5 }, (_, i) => denied(i, { port: 5000 + i }));
    expect(ledgerOf(scan, ['files.example']).hosts[0]?.remedy).toMatchObject({ rule: 'files.example:5004' });
    const datagram = denied(2, { port: 53, protocol: 'udp' });
    expect(ledgerOf([denied(1), datagram]).hosts[0]?.remedy).toMatchObject({ rule: 'files.example:53/udp' });
    expect(ledgerOf([denied(1, { port: 80 }), denied(2)]).hosts[0]?.remedy).toMatchObject({
      rule: 'files.example:80,443',
    });
  });

  it('knows that a wider rule answers a refusal, and another host’s does not', () => {
    expect(ledgerOf([lookup(0, 'denied'), allowed(1, '*.example')]).hosts[0]?.remedy).toBeNull();
    expect(ledgerOf([lookup(0, 'denied'), allowed(1, 'b.example')]).hosts[0]?.remedy).toMatchObject({
      rule: 'files.example',
    });
  });

  it('knows when the gateway is gone, and changes nothing for events about other things', () => {
    const ledger = new Ledger('full', []);
    const before = ledger.take([{ type: 'note', at: 1, message: 'x' }]);
    expect(before.closed).toBe(false);
    const events: RunEvent[] = [
      { type: 'note', at: 1, message: 'x' },
      { type: 'state', at: 2, state: 'running' },
    ];
    expect(ledger.take(events)).toBe(before);
    expect(ledger.take([...events, { type: 'note', at: 3, message: 'gone', network: { closed: true } }]).closed).toBe(
      true,
    );
  });

  it('names ports shortly', () => {
    const place = (port: number | null, protocol: Seen['protocol'] = 'tcp') => ({
      port,
      protocol,
      verdict: 'allowed' as const,
    });
    expect(placeWords([])).toBe('');
    expect(placeWords([place(null, 'icmp')])).toBe('icmp');
    expect(placeWords([place(53, 'udp'), place(80), place(443)])).toBe('53/udp, 80 and 443');
    expect(placeWords([1, 2, 3, 4].map((port) => place(port)))).toBe('1, 2 and 2 more');
  });
});
