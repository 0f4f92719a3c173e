import { expect, it } from 'vitest';
import { decimate, firstNotBefore } from './decimate.ts';

const times = Float64Array.from({ length: 10_000 }, (_, index) => index * 100);

it('passes few points unchanged, in seconds, with null where nothing is known (RUN-6)', () => {
  const column = Float64Array.of(1, Number.NaN, 3);
  expect(decimate(times, [column], 3, 100)).toEqual({ x: [0, 0.1, 0.2], ys: [[1, null, 3]] });
});

it('keeps every peak and dip of many points (RUN-6)', () => {
  const column = Float64Array.from({ length: 10_000 }, (_, index) => (index === 5003 ? 99 : index === 7001 ? -4 : 10));
  const line = decimate(times, [column], 10_000, 300);
  expect(line.x).toHaveLength(600);
  expect(line.ys[0]).toHaveLength(600);
  expect(line.ys[0]).toContain(99);
  expect(line.ys[0]).toContain(-4);
  expect(line.x.every((x, index) => index === 0 || x >= (line.x[index - 1] ?? 0))).toBe(true);
});

it('draws only what lies in the window (RUN-6)', () => {
  const column = Float64Array.from({ length: 10_000 }, (_, index) => index);
  const line = decimate(times, [column], 10_000, 5000, 999_000);
  expect(line.ys[0]?.[0]).toBe(9990);
  expect(firstNotBefore(times, 10_000, 5_000_000)).toBe(10_000);
});
