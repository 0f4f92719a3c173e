import { expect, it } from 'vitest';
import { showBytes } from '#shared/lib/units.ts';
import { axisTop, ofLimit, share } from './amounts.ts';

const MIB = 1024 ** 2;

it('says a value of its limit with one unit when both have the same (RUN-6)', () => {
  expect(ofLimit(57.1 * MIB, 64 * MIB, showBytes)).toBe('57.1 MiB of 64');
  expect(ofLimit(512 * 1024, 64 * MIB, showBytes)).toBe('512 KiB of 64 MiB');
  expect(ofLimit(3, 5, String)).toBe('3 of 5');
  expect(ofLimit(3, null, String)).toBe('3');
  expect(ofLimit(null, 5, String)).toBe('– of 5');
  expect(ofLimit(null, null, String)).toBe('–');
});

it('says the share of a limit, also beyond it (RUN-6)', () => {
  expect(share(57, 64)).toBe('89 %');
  expect(share(70, 64)).toBe('109 %');
  expect(share(1, null)).toBe('');
});

it('keeps the limit line in the picture, however small or large the curve (RUN-6)', () => {
  expect(axisTop(1, [64], 1)).toBeGreaterThan(64);
  expect(axisTop(100, [64], 1)).toBeGreaterThan(100);
  expect(axisTop(0, [null], 1)).toBe(1);
});
