import { expect, it } from 'vitest';
import type { RunSummary } from '#shared/domain/run.ts';
import { mergeList } from './router.ts';
import { coalesce, guarded } from './streams.ts';
import type { StreamClock } from './streams.ts';
import { Broadcast } from './testing/broadcast.ts';

/** A clock that moves only by hand. */
function handClock(): StreamClock & { advance(ms: number): void } {
  let time = 0;
  const sleepers: { at: number; wake: () => void }[] = [];
  return {
    now: () => time,
    sleep: (ms) => new Promise((wake) => sleepers.push({ at: time + ms, wake })),
    advance(ms) {
      time += ms;
      for (const sleeper of sleepers) if (sleeper.at <= time) sleeper.wake();
    },
  };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('passes the first item at once and gathers the rest into one batch per interval (RUN-6)', async () => {
  const source = new Broadcast<number>();
  const clock = handClock();
  const batches: (readonly number[])[] = [];
  const stop = new AbortController();
  const done = (async () => {
    for await (const batch of coalesce(source.listen(stop.signal), 16, (items) => [items], clock)) batches.push(batch);
  })();
  await settle();
  source.send(1);
  await settle();
  expect(batches).toEqual([[1]]);
  for (const item of [2, 3, 4]) source.send(item);
  await settle();
  expect(batches).toEqual([[1]]);
  clock.advance(16);
  await settle();
  expect(batches).toEqual([[1], [2, 3, 4]]);
  clock.advance(1000);
  source.send(5);
  await settle();
  expect(batches.at(-1)).toEqual([5]);
  stop.abort();
  await done;
});

it('delivers what was gathered when the source ends within the interval', async () => {
  const batches: (readonly number[])[] = [];
  const source = async function* (): AsyncGenerator<number> {
    yield* [1, 2, 3];
  };
  for await (const batch of coalesce(source(), 16, (items) => [items], handClock())) batches.push(batch);
  expect(batches).toEqual([[1], [2, 3]]);
});

it('does not pull while its reader does not', async () => {
  let pulled = 0;
  const source = async function* (): AsyncGenerator<number> {
    for (;;) yield pulled++;
  };
  const stream = coalesce(source(), 0, (items) => items, handClock());
  await stream.next();
  await settle();
  expect(pulled).toBe(1);
  await stream.return();
});

it('ends on abort although the source never wakes', async () => {
  const stop = new AbortController();
  const never = async function* (): AsyncGenerator<number> {
    await new Promise(() => undefined);
    yield 1;
  };
  const stream = guarded(never(), stop.signal);
  const next = stream.next();
  stop.abort();
  expect(await next).toEqual({ done: true, value: undefined });
  expect(await guarded(never(), stop.signal).next()).toEqual({ done: true, value: undefined });
});

it('keeps the last change of each run and forgets what a whole list replaces (RUN-2)', () => {
  const run = (id: string, state: RunSummary['state']): RunSummary => ({ id, state }) as RunSummary;
  const merged = mergeList([
    { type: 'changed', run: run('a', 'queued') },
    { type: 'all', runs: [run('a', 'queued')], limit: 2, older: 0 },
    { type: 'changed', run: run('a', 'running') },
    { type: 'changed', run: run('b', 'queued') },
    { type: 'changed', run: run('a', 'finished') },
    { type: 'removed', id: 'b' },
  ]);
  expect(merged).toEqual([
    { type: 'all', runs: [run('a', 'queued')], limit: 2, older: 0 },
    { type: 'changed', run: run('a', 'finished') },
    { type: 'removed', id: 'b' },
  ]);
});
