import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NetworkEvent } from '#shared/domain/network.ts';
import { EventSieve } from './event-sieve.ts';

const event = (more: Partial<NetworkEvent> = {}): NetworkEvent => ({
  kind: 'connect',
  name: 'a.test',
  address: null,
  port: 443,
  protocol: 'tcp',
  verdict: 'denied',
  rule: 'r',
  why: 'w',
  count: 1,
  ...more,
});

describe('event sieve (NET-3)', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('tells the first ten of a kind at once, then one a second with what they add up to', () => {
    const told: NetworkEvent[] = [];
    const sieve = new EventSieve((one) => told.push(one));
    for (let i = 0; i < 500; i++) sieve.add(event({ bytesIn: 2 }));
    expect(told).toHaveLength(10);
    vi.advanceTimersByTime(1000);
    expect(told).toHaveLength(11);
    expect(told.at(-1)).toMatchObject({ count: 490, bytesIn: 980 });
    sieve.add(event({ kind: 'close', verdict: 'allowed' }));
    expect(told).toHaveLength(12);
    sieve.dispose();
  });

  it('never loses a count, whatever comes in whatever order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ name: fc.nat(2000).map((n) => `h${n}.test`), count: fc.integer({ min: 1, max: 9 }) }), {
          maxLength: 3000,
        }),
        (all) => {
          let told = 0;
          let lines = 0;
          const sieve = new EventSieve(({ count }) => {
            told += count;
            lines++;
          });
          for (const one of all) sieve.add(event(one));
          sieve.dispose();
          expect(told).toBe(all.reduce((sum, { count }) => sum + count, 0));
          expect(lines).toBeLessThanOrEqual(2 * 1000 + all.length);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('keeps few lines of a scan of ten thousand hosts', () => {
    const told: NetworkEvent[] = [];
    const sieve = new EventSieve((one) => told.push(one));
    for (let i = 0; i < 10_000; i++) sieve.add(event({ name: null, address: `10.0.${i >> 8}.${i & 255}` }));
    sieve.dispose();
    expect(told.length).toBeLessThan(1100);
    expect(told.reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
    expect(told.at(-1)).toMatchObject({ name: null, address: null, count: 9000 });
  });
});
