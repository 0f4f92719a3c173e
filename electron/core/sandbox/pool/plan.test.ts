import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budget, BYTES_EACH, bytesOf, EXPECTED_WEIGHT, faded, nextStep, sizes, type Shelf, type Use } from './plan.ts';

const MINUTE = 60_000;
/** Plain sandboxes, all of one size. */
const plain = (weights: ReadonlyMap<string, number>): Map<string, Use> =>
  new Map([...weights].map(([key, weight]) => [key, { weight, bytes: BYTES_EACH }]));
const uses = fc
  .dictionary(
    fc.string({ maxLength: 4 }),
    fc.record({
      weight: fc.double({ min: 0, max: 500, noNaN: true }),
      bytes: fc
        .constantFrom(null, 'python', 'node')
        .map((interpreter) => bytesOf(interpreter && { interpreter, argv: [], env: {} })),
    }),
    { maxKeys: 8 },
  )
  .map((entries) => new Map(Object.entries(entries)));
const sum = (values: Iterable<number>): number => [...values].reduce((total, one) => total + one, 0);

describe('how many sandboxes wait (RUN-11)', () => {
  it('is one after one use, more after more, and none once it was left alone', () => {
    const after = (uses: number, idle: number): number =>
      sizes(plain(new Map([['a', faded(uses, idle)]])), 10 * BYTES_EACH).get('a') ?? 0;
    expect(after(1, 0)).toBe(1);
    expect(after(1, 4 * MINUTE)).toBe(1);
    expect(after(1, 6 * MINUTE)).toBe(0);
    expect(after(4, 0)).toBe(7);
    expect(after(100, 60 * MINUTE)).toBe(0);
    expect(sizes(plain(new Map([['planned', EXPECTED_WEIGHT]])), BYTES_EACH).get('planned')).toBe(1);
  });

  it('shares the places between what is used, the most used first', () => {
    const both = plain(
      new Map([
        ['often', 8],
        ['rarely', 3],
      ]),
    );
    const found = sizes(both, 4 * BYTES_EACH);
    expect([...found]).toEqual([
      ['often', 3],
      ['rarely', 1],
    ]);
    expect(sizes(both, BYTES_EACH).get('rarely')).toBe(0);
  });

  it('has one of everything in use before a second of anything', () => {
    const three = plain(
      new Map([
        ['always', 100],
        ['now and then', 1],
        ['once', 0.6],
      ]),
    );
    expect([...sizes(three, 3 * BYTES_EACH).values()]).toEqual([1, 1, 1]);
    expect([...sizes(three, 5 * BYTES_EACH).values()]).toEqual([3, 1, 1]);
  });

  it('never takes more than its memory, nor makes any that nobody used', () => {
    fc.assert(
      fc.property(uses, fc.double({ min: -1e9, max: 1e10, noNaN: true }), (all, bytes) => {
        const found = sizes(all, bytes);
        const taken = sum([...found].map(([key, count]) => count * (all.get(key)?.bytes ?? 0)));
        expect(taken).toBeLessThanOrEqual(Math.max(0, bytes));
        for (const [key, { weight }] of all) if (weight <= 0.5) expect(found.get(key)).toBe(0);
      }),
    );
  });

  it('never shrinks a shelf because it was used more, nor the whole because time went back', () => {
    fc.assert(
      fc.property(uses, fc.nat(12), fc.double({ min: 0.1, max: 9, noNaN: true }), (all, places, more) => {
        for (const [key, { weight, bytes }] of all) {
          const before = sizes(all, places * BYTES_EACH).get(key) ?? 0;
          const then =
            sizes(new Map([...all, [key, { weight: weight + more, bytes }]]), places * BYTES_EACH).get(key) ?? 0;
          expect(then).toBeGreaterThanOrEqual(before);
          expect(faded(weight, -more * MINUTE)).toBe(weight);
        }
      }),
    );
  });

  it('leaves three quarters of the free memory alone', () => {
    expect(budget(80, 100)).toBe(25);
    expect(budget(80, 1000)).toBe(80);
    expect(budget(80, null)).toBe(80);
    expect(budget(80, -5)).toBe(0);
  });
});

const shelves = fc
  .array(fc.record({ wanted: fc.nat(6), waiting: fc.nat(6), making: fc.nat(3) }), { maxLength: 6 })
  .map((all) => all.map((one, i): Shelf => ({ key: `k${i}`, ...one })));

describe('what the pool does now (RUN-11)', () => {
  it('makes nothing beside a run that starts, and still takes away', () => {
    const lots = [
      { key: 'a', wanted: 3, waiting: 0, making: 0 },
      { key: 'b', wanted: 0, waiting: 2, making: 0 },
    ];
    expect(nextStep(lots, { cores: 4, busy: true })).toEqual({ make: [], drop: new Map([['b', 2]]) });
  });

  it('fills the emptiest shelf first', () => {
    const two = [
      { key: 'a', wanted: 3, waiting: 1, making: 0 },
      { key: 'b', wanted: 1, waiting: 0, making: 0 },
    ];
    expect(nextStep(two, { cores: 2, busy: false }).make).toEqual(['b', 'a']);
  });

  it('never makes more at once than there are cores, nor more than is wanted, and drops no more than is too much', () => {
    fc.assert(
      fc.property(shelves, fc.integer({ min: 1, max: 8 }), fc.boolean(), (all, cores, busy) => {
        const { make, drop } = nextStep(all, { cores, busy });
        const begun = sum(all.map(({ making }) => making));
        expect(make.length).toBeLessThanOrEqual(Math.max(0, cores - begun));
        for (const { key, wanted, waiting, making } of all) {
          const mine = make.filter((one) => one === key).length;
          if (mine > 0) expect(waiting + making + mine).toBeLessThanOrEqual(wanted);
          expect(waiting - (drop.get(key) ?? 0)).toBe(Math.min(waiting, Math.max(wanted, 0)));
        }
      }),
    );
  });
});
