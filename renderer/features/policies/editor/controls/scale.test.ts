import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FIELD_PATHS, anyField } from '#shared/policy/fields.ts';
import { isAmount, scaleOf, shareOf, stepped, stopsOf, valueAt } from './scale.ts';

const amounts = FIELD_PATHS.filter((path) => isAmount(anyField(path).kind));
const MIB = 1024 * 1024;
const memory = anyField('resources.memory');
const scale = scaleOf(memory.kind, memory.defaults);
const stops = stopsOf(memory.kind, scale);

describe.each(amounts)('the slider of %s', (path) => {
  const { kind, defaults } = anyField(path);
  const own = scaleOf(kind, defaults);
  const ownStops = stopsOf(kind, own);

  test('has room for every level and never leaves the bounds of the field (POL-2)', () => {
    for (const value of Object.values(defaults))
      if (typeof value === 'number') {
        expect(value).toBeGreaterThanOrEqual(own.min);
        expect(value).toBeLessThanOrEqual(own.max);
      }
    expect(own.min).toBeGreaterThanOrEqual(kind.min ?? 0);
    expect(own.max).toBeLessThanOrEqual(kind.max ?? Infinity);
    expect(own.max).toBeGreaterThan(own.min);
  });

  test('gives only values that the field itself reads back', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
        const value = valueAt(own, ownStops, share);
        expect(value).toBeGreaterThanOrEqual(own.min);
        expect(value).toBeLessThanOrEqual(own.max);
        expect(kind.parse(kind.format(value))).toBe(value);
      }),
      { numRuns: 60 },
    );
    for (const stop of ownStops) expect(kind.parse(kind.format(stop))).toBe(stop);
  });

  test('reaches both ends by keys alone', () => {
    let value = own.min;
    for (let step = 0; step < 500 && value < own.max; step += 1) value = stepped(ownStops, value, 1);
    expect(value).toBe(own.max);
    for (let step = 0; step < 500 && value > own.min; step += 1) value = stepped(ownStops, value, -1);
    expect(value).toBe(own.min);
  });
});

test('spends the same way on every doubling of memory', () => {
  const way = shareOf(scale, 128 * MIB) - shareOf(scale, 64 * MIB);
  expect(shareOf(scale, 1024 * MIB) - shareOf(scale, 512 * MIB)).toBeCloseTo(way, 6);
});

test('goes back to the amount that a place on the track stands for', () => {
  for (const stop of stops) expect(valueAt(scale, stops, shareOf(scale, stop))).toBe(stop);
});

test('widens for a value or a ceiling beyond what is usual', () => {
  expect(scaleOf(memory.kind, memory.defaults, 64 * 1024 * MIB).max).toBe(64 * 1024 * MIB);
});

test('moves from a value between two stops to the nearer side of each', () => {
  expect(stepped([1, 2, 4], 3, 1)).toBe(4);
  expect(stepped([1, 2, 4], 3, -1)).toBe(2);
  expect(stepped([1, 2, 4], 4, 1)).toBe(4);
  expect(stepped([1, 2, 4], 9, 1)).toBe(9);
  expect(stepped([1, 2, 4], 9, -2)).toBe(2);
});
