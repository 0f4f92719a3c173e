import { expect, it } from 'vitest';
import { roundTop, together } from './overlay.tsx';

it('tells both runs at every moment of either, and nothing beyond the end of one (RUN-12)', () => {
  const a = [0, 100, 200].map((at) => ({ at, value: at }));
  const b = [50, 150].map((at) => ({ at, value: 7 }));
  expect(together(a, b)).toEqual([
    { at: 0, a: 0 },
    { at: 50, a: 50, b: 7 },
    { at: 100, a: 100, b: 7 },
    { at: 150, a: 150, b: 7 },
    { at: 200, a: 200 },
  ]);
  expect(together([], b)).toEqual([
    { at: 50, b: 7 },
    { at: 150, b: 7 },
  ]);
});

it.each([
  [99, 100],
  [100, 100],
  [101, 200],
  [37, 40],
  [1, 1],
])('ends an axis up to %d at %d, whose quarters are round', (most, top) => expect(roundTop(most)).toBeCloseTo(top));
