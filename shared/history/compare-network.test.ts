import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RunDetail } from '../contract/runs.ts';
import type { RunEvent } from '../domain/run.ts';
import { compareNetwork } from './compare-network.ts';

type Seen = Extract<RunEvent, { type: 'network' }>;

const event = (name: string, over: Partial<Seen> = {}): Seen => ({
  type: 'network',
  at: 1,
  kind: 'connect',
  name,
  address: '198.51.100.7',
  port: 443,
  protocol: 'tcp',
  verdict: 'allowed',
  rule: `network.allow: ${name}`,
  why: 'It is listed.',
  count: 1,
  ...over,
});
const run = (...events: RunEvent[]): RunDetail => ({ events }) as unknown as RunDetail;

it('tells whom only one of two runs talked to, what was decided differently, and how much (RUN-12, NET-3)', () => {
  const a = run(
    event('same.example'),
    event('turned.example'),
    event('busy.example'),
    event('busy.example', { kind: 'close', bytesIn: 1000, bytesOut: 10 }),
    event('gone.example', { verdict: 'denied' }),
  );
  const b = run(
    event('same.example'),
    event('turned.example', { verdict: 'denied' }),
    event('busy.example'),
    event('busy.example', { kind: 'close', bytesIn: 4000, bytesOut: 10 }),
    event('new.example', { kind: 'lookup', port: null }),
  );
  const compared = compareNetwork(a, b);
  expect(compared.map(({ host, change }) => `${host} ${change}`)).toEqual([
    'gone.example only-a',
    'new.example only-b',
    'turned.example verdict',
    'busy.example amounts',
    'same.example same',
  ]);
  expect(compared[0]).toMatchObject({ a: { verdict: 'denied', denied: 1, ports: '443' }, b: null });
  expect(compared[1]?.b).toMatchObject({ lookups: 1, connections: 0, ports: '' });
  expect(compared[3]).toMatchObject({ a: { received: 1000 }, b: { received: 4000, sent: 10 } });
});

it('finds a run like itself, and the same differences from the other side (RUN-12)', () => {
  const events = fc.array(
    fc.record({
      name: fc.constantFrom('a.example', 'b.example', 'c.example'),
      verdict: fc.constantFrom('allowed' as const, 'denied' as const),
      kind: fc.constantFrom('lookup' as const, 'connect' as const, 'close' as const),
      count: fc.integer({ min: 1, max: 3 }),
    }),
  );
  const turn = { 'only-a': 'only-b', 'only-b': 'only-a', verdict: 'verdict', amounts: 'amounts', same: 'same' };
  fc.assert(
    fc.property(events, events, (left, right) => {
      const [a, b] = [left, right].map((list) => run(...list.map(({ name, ...over }) => event(name, over))));
      expect(compareNetwork(a!, a!).every(({ change }) => change === 'same')).toBe(true);
      const [there, back] = [compareNetwork(a!, b!), compareNetwork(b!, a!)];
      expect(there).toHaveLength(back.length);
      for (const { host, change, a: side } of there) {
        const other = back.find((one) => one.host === host);
        expect(other?.change).toBe(turn[change]);
        expect(other?.b).toEqual(side);
      }
    }),
  );
});
