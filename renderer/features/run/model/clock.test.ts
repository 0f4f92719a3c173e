import { expect, it } from 'vitest';
import { clock, exactClock, tenthClock, timeOfDay } from './clock.ts';

it('writes times short, exact and with hours only when there are some', () => {
  expect(clock(12_900)).toBe('00:12');
  expect(clock(3_723_000)).toBe('1:02:03');
  expect(clock(-5)).toBe('00:00');
  expect(tenthClock(12_960)).toBe('00:13.0');
  expect(exactClock(61_005)).toBe('01:01.005');
  expect(exactClock(-250)).toBe('−00:00.250');
  expect(timeOfDay(new Date(2026, 0, 2, 3, 4, 5, 6).getTime())).toBe('03:04:05.006');
});
