import { expect, it } from 'vitest';
import { withGaps } from './gaps.ts';

const even = Array.from({ length: 600 }, (_, index) => index / 10);

it('leaves an even line as it is, also one of few and distant readings (RUN-6)', () => {
  for (const x of [[], [1], [0, 60], even]) {
    const line = { x, ys: [x.map(() => 1)] };
    expect(withGaps(line)).toBe(line);
  }
});

it('breaks the line where readings are missing (RUN-14)', () => {
  const x = [...even, ...even.map((at) => at + 90)];
  const { x: with1, ys } = withGaps({ x, ys: [x.map(() => 1), x.map(() => 2)] });
  expect(with1).toHaveLength(1201);
  expect(with1[600]).toBeCloseTo((59.9 + 90) / 2);
  expect(ys.map((column) => [column.length, column[600], column.filter((value) => value === null).length])).toEqual([
    [1201, null, 1],
    [1201, null, 1],
  ]);
});
