import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { effective } from '#shared/policy/merge/effective.ts';
import type { LimitEvent } from '#shared/policy/limit-watch.ts';
import type { Counters } from './counters.ts';
import { Watcher } from './watcher.ts';

beforeEach(() =>
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] }),
);
afterEach(() => vi.useRealTimers());

/** Looks every 100 ms at a sandbox in which a process was killed for memory after 250 ms, and ends at `ends` ms. */
async function eventsOf(ends: number, scriptKilled: boolean): Promise<string[]> {
  const begun = performance.now();
  const at = (): number => performance.now() - begun;
  const counters = (): Counters => ({
    at: at(),
    memory: 1,
    cpuTime: 1,
    processes: 2,
    oomKills: at() > 250 ? 1 : 0,
  });
  const seen: LimitEvent[] = [];
  const watcher = new Watcher({
    source: { everyMs: 100, why: '', latest: counters, slow: () => ({}), dispose: () => {} },
    policy: effective({ level: 'untrusted', name: 'untrusted', tiers: [], ceilings: {} }),
    begin: counters(),
    now: at,
    wall: at,
    paused: () => false,
    outputSeen: () => 0,
    onSample: () => {},
    onEvent: (event) => seen.push(event),
    onKill: () => {},
    onPause: () => {},
  });
  await vi.advanceTimersByTimeAsync(ends);
  watcher.finish(() => scriptKilled);
  return seen.map(({ kind }) => kind);
}

it('takes no kill for that of a child before the script went on for a while after it (RUN-7)', async () => {
  expect(await eventsOf(600, true)).toEqual(['memory']);
  expect(await eventsOf(600, false)).toEqual(['child-memory']);
  expect(await eventsOf(2000, false)).toEqual(['child-memory']);
});
