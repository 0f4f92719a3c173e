import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { cancelledInQueue } from '#shared/domain/progress/verdict.ts';
import { recordOf, startScript } from '../../alerts/testing/record.ts';
import type { History } from '../../history/history.ts';
import { News } from '../news.ts';
import type { BookNews, RunBook } from './run-book.ts';
import { RunViews } from './run-views.ts';

// Nothing but what happens wakes anybody here.
beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => vi.useRealTimers());

it('tells a verdict that comes within a frame of other news without waiting for the frame’s end (RUN-2, PERF-1)', async () => {
  const record = recordOf('r1', () => 1);
  const views = new RunViews({
    book: { live: () => ({ record }) } as unknown as RunBook,
    history: {} as History,
    newId: () => 'v1',
    maxConcurrent: () => 10,
    order: () => [],
  });
  startScript(record);
  const watched = views.watch('r1', 0);
  expect((await watched.next()).value).toHaveLength(4);
  const last = watched.next();
  record.addNote('News, which begins a frame.');
  await new Promise((resolve) => setImmediate(resolve));
  record.finish(cancelledInQueue());
  expect((await last).value).toContainEqual(expect.objectContaining({ type: 'finished' }));
  expect((await watched.next()).done).toBe(true);
});

it('tells how many may run at once when that changes, also while nobody waits (RUN-8)', async () => {
  const news = new News<BookNews>();
  let limit = 10;
  const views = new RunViews({
    book: { news, list: () => [], older: () => 0 } as unknown as RunBook,
    history: {} as History,
    newId: () => 'v1',
    maxConcurrent: () => limit,
    order: () => [],
  });
  const list = views.watchList();
  expect((await list.next()).value).toMatchObject({ type: 'all', limit: 10 });
  const next = list.next();
  // Nothing is different: nothing is told.
  news.publish('', null);
  await vi.advanceTimersByTimeAsync(1000);
  limit = 2;
  news.publish('', null);
  await vi.advanceTimersByTimeAsync(1000);
  expect((await next).value).toEqual({ type: 'queue', ids: [], limit: 2 });
  void list.return(undefined);
});
