import { expect, it } from 'vitest';
import { showChange } from './compare.ts';

it.each([
  [0.124, '+12 %'],
  [-0.5, '−50 %'],
  [-0.9968, '−99.6 %'],
  [-1, '−100 %'],
  [0.004, 'under 1 %'],
  [11.2, '× 12'],
  [4999, '× 5,000'],
])('says a change of %d as %j (RUN-12)', (change, words) => expect(showChange(change)).toBe(words));
