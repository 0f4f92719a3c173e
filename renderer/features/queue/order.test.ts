import { expect, it } from 'vitest';
import type { RunSummary } from '#shared/domain/run.ts';
import { moveTo, waitingRuns } from './order.ts';

const run = (id: string, createdAt: number, state: RunSummary['state'] = 'queued'): RunSummary =>
  ({ id, createdAt, state }) as RunSummary;

it('lists who waits in the order of their turns, and those without one last (RUN-8)', () => {
  const runs = [run('c', 3), run('secret', 1), run('b', 2), run('going', 0, 'running')];
  expect(waitingRuns(runs, ['c', 'b']).map(({ id }) => id)).toEqual(['c', 'b', 'secret']);
});

it('names the run that another one is put before, and nothing where it cannot move (RUN-8)', () => {
  const queue = ['a', 'b', 'c'];
  expect((['first', 'up', 'down', 'last'] as const).map((where) => moveTo(queue, 'b', where))).toEqual([
    'a',
    'a',
    null,
    null,
  ]);
  expect(moveTo(queue, 'a', 'down')).toBe('c');
  expect((['first', 'up'] as const).map((where) => moveTo(queue, 'a', where))).toEqual([undefined, undefined]);
  expect((['down', 'last'] as const).map((where) => moveTo(queue, 'c', where))).toEqual([undefined, undefined]);
  expect(moveTo(queue, 'x', 'first')).toBeUndefined();
});
