import { expect, it } from 'vitest';
import { bytes, clock, duration, relative } from './format.ts';

it.each([
  [0, '0 B'],
  [612, '612 B'],
  [1536, '1.5 KiB'],
  [64 * 1024 ** 2, '64 MiB'],
  [1.5 * 1024 ** 3, '1.5 GiB'],
  [2048 * 1024 ** 2, '2 GiB'],
])('writes %d bytes as %s (Words)', (value, text) => expect(bytes(value)).toBe(text));

it.each([
  [250, '250 ms'],
  [4_200, '4.2 s'],
  [9_990, '10 s'],
  [60_000, '1 min'],
  [65_000, '1 min 5 s'],
  [3_599_900, '1 h'],
  [3_900_000, '1 h 5 min'],
])('writes %d ms as %s (Words)', (value, text) => expect(duration(value)).toBe(text));

it('shows hours on the clock only from an hour on', () => {
  expect(clock(12_400)).toBe('00:12');
  expect(clock(3_849_000)).toBe('1:04:09');
});

it('tells the time that passed in the largest unit', () => {
  const now = 1_700_000_000_000;
  expect([1, 30, 240, 7_300, 90_000, 200_000].map((s) => relative(now - s * 1_000, now))).toEqual([
    'just now',
    '30 s ago',
    '4 min ago',
    '2 h ago',
    'yesterday',
    '2 days ago',
  ]);
});
