import { expect, it } from 'vitest';
import type { RunSummary } from '#shared/domain/run.ts';
import { afterMessage, learn, useRuns } from './runs.ts';

const run = (id: string, createdAt: number): RunSummary => ({ id, createdAt, pinned: false }) as RunSummary;

it('knows of runs beyond the list when they are marked or removed, and counts them once (RUN-12)', () => {
  let state = useRuns.getInitialState();
  const hear = (message: Parameters<typeof afterMessage>[1]): void => {
    state = { ...state, ...afterMessage(state, message) };
  };
  hear({ type: 'all', runs: [run('a', 1), run('b', 2)], limit: 10, older: 3 });
  hear({ type: 'older', run: { ...run('old', 0), pinned: true } });
  expect(state.runs?.map(({ id }) => id)).toEqual(['b', 'a']);
  expect(state.changes.get('old')).toMatchObject({ pinned: true });
  for (const id of ['old', 'old', 'b']) hear({ type: 'removed', id });
  expect(state.runs?.map(({ id }) => id)).toEqual(['a']);
  expect(state.changes.get('old')).toBeNull();
  expect(state.older).toBe(2);
});

it('knows an opened run by its name when it is not in the list, and no other line of one that is (UX-1)', () => {
  useRuns.setState({ runs: [run('listed', 1)], changes: new Map() });
  learn(run('old', 0));
  learn(run('listed', 1));
  expect([...useRuns.getState().changes.keys()]).toEqual(['old']);
  useRuns.setState(useRuns.getInitialState());
});
