import { expect, it } from 'vitest';
import type { RunSummary } from '#shared/domain/run.ts';
import { asOfNow } from './use-found.ts';

const run = (id: string, over: Partial<RunSummary> = {}): RunSummary => ({ id, pinned: false, ...over }) as RunSummary;

it('shows older runs as they are now: marked, removed, no longer fitting, or at hand again (RUN-12)', () => {
  const answered = ['same', 'noted', 'unpinned', 'removed', 'live'].map((id) => run(id, { pinned: true }));
  const live = new Map([['live', run('live', { note: 'at hand' })]]);
  const changes = new Map([
    ['noted', run('noted', { pinned: true, note: 'new' })],
    ['unpinned', run('unpinned')],
    ['removed', null],
  ]);
  expect(asOfNow(answered, live, changes, ({ pinned }) => pinned)).toEqual([
    run('same', { pinned: true }),
    run('noted', { pinned: true, note: 'new' }),
    run('live', { note: 'at hand' }),
  ]);
});
