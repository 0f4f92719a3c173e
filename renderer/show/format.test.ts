import { expect, it } from 'vitest';
import { count, ordinal, relative } from './format.ts';

it('tells the time that passed in the largest unit', () => {
  const now = new Date(2026, 9, 21, 12).getTime();
  expect([1, 30, 240, 7_300, 90_000, 200_000].map((s) => relative(now - s * 1_000, now))).toEqual([
    'just now',
    '30 s ago',
    '4 min ago',
    '2 h ago',
    'yesterday',
    '2 days ago',
  ]);
});

it('takes days from the calendar: what was two evenings ago is not yesterday', () => {
  const day = (date: number, hour: number): number => new Date(2026, 9, date, hour).getTime();
  expect(relative(day(19, 20), day(21, 9))).toBe('2 days ago');
  expect(relative(day(20, 1), day(21, 9))).toBe('yesterday');
  // In many places the clocks go back on the 25th.
  expect(relative(day(24, 12), day(26, 12))).toBe('2 days ago');
  expect(relative(day(14, 12), day(21, 12))).not.toContain('ago');
});

it('counts in singular and plural', () => {
  expect([count(1, 'line'), count(1_200, 'line'), count(0, 'match', 'matches')]).toEqual([
    '1 line',
    '1,200 lines',
    '0 matches',
  ]);
});

it('counts places as people do', () => {
  expect([1, 2, 3, 4, 11, 12, 13, 21, 102, 111, 1003].map(ordinal)).toEqual([
    '1st',
    '2nd',
    '3rd',
    '4th',
    '11th',
    '12th',
    '13th',
    '21st',
    '102nd',
    '111th',
    '1,003rd',
  ]);
});

it('names the year of a day only when it is another one', () => {
  const now = new Date(2026, 10, 21, 12).getTime();
  expect(relative(new Date(2026, 4, 31, 9).getTime(), now)).not.toContain('2026');
  expect(relative(new Date(2025, 11, 31, 9).getTime(), now)).toContain('2025');
});
