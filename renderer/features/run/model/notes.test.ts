import { expect, it } from 'vitest';
import type { Sample } from '#shared/domain/run.ts';
import { cpuNote, limitNote, overSince, throttledShare } from './notes.ts';
import { Readings } from './readings.ts';

function readings(values: readonly number[], more: (index: number) => Partial<Sample> = () => ({})): Readings {
  const kept = new Readings();
  for (const [index, memory] of values.entries())
    kept.add({ at: index * 1000, memory, cpu: 0, cpuTime: 0, processes: 1, ...more(index) });
  return kept;
}

it('says since when memory is over 90 % of its limit (RUN-6)', () => {
  const kept = readings([10, 95, 50, 90, 92, 97]);
  expect(overSince(kept, 'memory', 100)).toBe(3000);
  expect(limitNote(kept, 'memory', 100, 'peak', false)).toEqual({ text: 'over 90 % since 00:03', tone: 'amber' });
});

it('says nothing about 90 % once the curve has come back (RUN-6)', () => {
  expect(overSince(readings([95, 95, 10]), 'memory', 100)).toBe(null);
  expect(limitNote(readings([95, 95, 10]), 'memory', 100, 'peak 95', false)).toEqual({
    text: 'peak 95',
    tone: 'quiet',
  });
});

it('says that the limit is reached (RUN-6)', () => {
  expect(limitNote(readings([10, 100]), 'memory', 100, 'peak', false)).toEqual({ text: 'at the limit', tone: 'red' });
});

it('says the peak when there is no limit or no reading (RUN-6)', () => {
  expect(limitNote(readings([10, 100]), 'memory', null, 'peak', false).text).toBe('peak');
  expect(limitNote(new Readings(), 'memory', 100, 'peak', false).text).toBe('peak');
});

it('says of a finished run whether it had reached the limit (RUN-6)', () => {
  expect(limitNote(readings([10, 100, 5]), 'memory', 100, 'peak', true).text).toBe('reached the limit');
  expect(limitNote(readings([10, 91, 5]), 'memory', 100, '', true)).toEqual({ text: 'passed 90 %', tone: 'amber' });
  expect(limitNote(readings([10, 20]), 'memory', 100, 'peak 20', true)).toEqual({ text: 'peak 20', tone: 'quiet' });
});

it('weighs throttling by time and says when it is most of the time (RUN-6)', () => {
  const third = readings([1, 1, 1, 1], (index) => ({ throttled: index === 3 ? 0.93 : 0 }));
  expect(cpuNote(third, 'peak')).toEqual({ text: 'throttled 31 % of the time', tone: 'quiet' });
  const most = readings([1, 1, 1], () => ({ throttled: 0.8 }));
  expect(cpuNote(most, 'peak').tone).toBe('amber');
  expect(throttledShare(readings([1, 1]))).toBe(null);
  expect(cpuNote(readings([1, 1]), 'peak').text).toBe('peak');
});
