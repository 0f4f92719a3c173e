import { expect, it } from 'vitest';
import type { Happening } from './journal.ts';
import { marksOf, nearestMark } from './marks.ts';

const state = (at: number, name: string): Happening => ({ type: 'state', at, state: name }) as Happening;

it('marks violations, warnings, pauses and phases of the script, not what came before it (RUN-6)', () => {
  const violation = { at: 1300, kind: 'processes', message: 'Refused.', count: 1 } as const;
  const marks = marksOf(
    [
      state(900, 'preparing'),
      state(1000, 'running'),
      { type: 'warning', at: 1200, kind: 'memory', message: 'Memory is at 90 %.' },
      { type: 'violation', at: 1300, violation },
      state(1400, 'paused'),
      state(1500, 'running'),
      { type: 'note', at: 1550, message: 'n' },
      state(1600, 'finishing'),
    ],
    1000,
  );
  expect(marks.map(({ index, at, kind }) => [index, at, kind])).toEqual([
    [1, 0, 'phase'],
    [2, 200, 'warning'],
    [3, 300, 'violation'],
    [4, 400, 'pause'],
    [5, 500, 'resume'],
    [7, 600, 'phase'],
  ]);
});

it('finds the mark under the pointer (RUN-6)', () => {
  const marks = marksOf([state(1000, 'running'), state(1100, 'paused')], 1000);
  expect(nearestMark(marks, 90, 20)?.index).toBe(1);
  expect(nearestMark(marks, 50, 20)).toBe(null);
});

it('draws a flood of violations as one mark a second, and says how many it stands for (NET-3)', () => {
  const violation = (at: number, kind: 'network' | 'processes'): Happening => ({
    type: 'violation',
    at: 1000 + at,
    violation: { at, kind, message: `m${at}`, count: 1 },
  });
  const flood = Array.from({ length: 300 }, (_, i) => violation(i * 10, 'network'));
  const marks = marksOf([...flood, violation(3001, 'processes')], 1000);
  expect(marks.map(({ at, text }) => [at, text])).toEqual([
    [0, 'm0 (and 99 more)'],
    [1000, 'm1000 (and 99 more)'],
    [2000, 'm2000 (and 99 more)'],
    [3001, 'm3001'],
  ]);
});

it('marks a sleep of the computer, and counts none of it on the axis of the script (RUN-14)', () => {
  const marks = marksOf(
    [
      { type: 'state', at: 1000, state: 'running' },
      { type: 'note', at: 31_000, message: 'This computer slept for 20 s.', slept: 20_000 },
      { type: 'warning', at: 36_000, kind: 'memory', message: 'Memory reached 58 MiB.' },
    ],
    1000,
  );
  expect(marks.map(({ at, text }) => [at, text])).toEqual([
    [0, 'running'],
    [10_000, 'This computer slept for 20 s.'],
    [15_000, 'Memory reached 58 MiB.'],
  ]);
});
