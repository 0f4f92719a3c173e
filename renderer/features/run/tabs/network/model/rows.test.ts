import { describe, expect, it } from 'vitest';
import { Ledger, type Seen } from '#shared/policy/allowing/ledger.ts';
import { chosenHosts, shownVerdict, slicesOf, totalsOf } from './rows.ts';

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
const denied = (at: number, more: Partial<Seen> = {}): Seen =>
  seen(at, { verdict: 'denied', rule: 'network.mode: restricted', why: 'No rule lists this host.', ...more });
const ledgerOf = (events: readonly Seen[], listed: readonly string[] = []) =>
  new Ledger('restricted', listed).take(events);
const none = new Set<string>();

describe('the list of hosts', () => {
  const { hosts } = ledgerOf(
    [
      seen(0, {}),
      denied(10, { name: 'b.example', port: 22 }),
      denied(20, { name: 'c.example', count: 5 }),
      denied(30, { name: null, address: null, port: null, count: 7 }),
    ],
    ['files.example'],
  );

  it('puts refused hosts first and those that were kept blocked after them', () => {
    const kept = new Set(['b.example']);
    expect(chosenHosts(hosts, kept, 'all', '').map((host) => [host.key, shownVerdict(host, kept)])).toEqual([
      ['c.example', 'denied'],
      ['', 'denied'],
      ['b.example', 'kept-blocked'],
      ['files.example', 'allowed'],
    ]);
    expect(totalsOf(hosts, kept).byVerdict).toEqual({ allowed: 1, denied: 2, partly: 0, 'kept-blocked': 1 });
    expect(totalsOf(hosts, kept)).toMatchObject({ hosts: 4, connections: 14, denied: 13 });
  });

  it('finds hosts by words, ports and verdict', () => {
    const keys = (choice: 'all' | 'denied' | 'allowed', text: string) =>
      chosenHosts(hosts, none, choice, text).map(({ key }) => key);
    expect(keys('all', ':22')).toEqual(['b.example']);
    expect(keys('denied', 'example')).toEqual(['b.example', 'c.example']);
    expect(keys('allowed', '')).toEqual(['files.example']);
    expect(keys('all', 'OTHER hosts')).toEqual(['']);
    expect(keys('all', 'nothing like it')).toEqual([]);
  });

  it('places events on the shared axis, refused and allowed apart', () => {
    const host = ledgerOf([seen(0, {}), denied(50, { count: 3 }), seen(100, {}), seen(100, { kind: 'close' })])
      .hosts[0]!;
    expect(slicesOf(host, START, START + 100, 4)).toEqual([
      { allowed: 1, denied: 0 },
      { allowed: 0, denied: 0 },
      { allowed: 0, denied: 3 },
      { allowed: 1, denied: 0 },
    ]);
    expect(slicesOf(host, START, START, 2)).toHaveLength(2);
  });
});
