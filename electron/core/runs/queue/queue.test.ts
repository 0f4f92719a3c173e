import { afterEach, describe, expect, it, vi } from 'vitest';
import { GIB, MIB } from '#shared/lib/units.ts';
import { RunQueue, type QueuedRun } from './queue.ts';

interface Job extends QueuedRun {
  readonly end: () => void;
  readonly begun: () => boolean;
  readonly told: string[];
}

function job(id: string, more: Partial<QueuedRun> = {}): Job {
  const over = Promise.withResolvers<void>();
  const told: string[] = [];
  let begun = false;
  return {
    id,
    project: 'here',
    groups: [],
    memory: 64 * MIB,
    cpu: 25,
    priority: 'normal',
    used: () => 0,
    begin: () => {
      begun = true;
      return over.promise;
    },
    waits: (what) => told.push(what),
    end: () => over.resolve(),
    begun: () => begun,
    told,
    ...more,
  };
}

let free: number | null = 4 * GIB;
const queues: RunQueue[] = [];

function queue(limit: number): RunQueue {
  const made = new RunQueue({
    limit: () => limit,
    memory: () => ({ total: 8 * GIB, free }),
    now: () => Date.now(),
    changed: () => {},
  });
  queues.push(made);
  return made;
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

afterEach(() => {
  for (const one of queues.splice(0)) one.dispose();
  vi.useRealTimers();
  free = 4 * GIB;
});

describe('queue (RUN-8)', () => {
  it('runs as many as the limit says, in order, and says what the others wait for', async () => {
    const made = queue(2);
    const jobs = ['a', 'b', 'c'].map((id) => job(id));
    for (const one of jobs) made.add(one);
    expect(jobs.map((one) => one.begun())).toEqual([true, true, false]);
    expect(jobs[2]!.told).toEqual(['one of 2 running to end']);
    jobs[0]!.end();
    await settled();
    expect(jobs[2]!.begun()).toBe(true);
    expect(made.running).toBe(2);
  });

  it('goes on when a run fails', async () => {
    const made = queue(1);
    made.add(job('a', { begin: () => Promise.reject(new Error('broken')) }));
    const next = job('b');
    made.add(next);
    await settled();
    expect(next.begun()).toBe(true);
  });

  it('lets a waiting run leave, and only a waiting one', async () => {
    const made = queue(1);
    const [first, second] = [job('a'), job('b')];
    made.add(first);
    made.add(second);
    expect([made.leave(['a']), made.leave(['b']), made.leave(['b'])]).toEqual([[], ['b'], []]);
    first.end();
    await settled();
    expect(second.begun()).toBe(false);
  });

  it('starts the important one first when a place comes free (quota.priority)', async () => {
    const made = queue(1);
    const [first, low, high] = [job('a'), job('b', { priority: 'low' }), job('c', { priority: 'high' })];
    for (const one of [first, low, high]) made.add(one);
    first.end();
    await settled();
    expect([low.begun(), high.begun()]).toEqual([false, true]);
  });

  it('keeps quota.runs and quota.memory of a policy and lets others pass', () => {
    const made = queue(10);
    const one = [{ kind: 'policy', key: 'p', name: 'p', runs: 1, memory: null, cpu: null }] as const;
    const little = [{ kind: 'policy', key: 'q', name: 'q', runs: 10, memory: 100 * MIB, cpu: null }] as const;
    const jobs = [
      job('a', { groups: one }),
      job('b', { groups: one }),
      job('c', { groups: little }),
      job('d', { groups: little }),
    ];
    for (const each of jobs) made.add(each);
    expect(jobs.map((each) => each.begun())).toEqual([true, false, true, false]);
    expect(jobs[1]!.told[0]).toContain('its quota is 1 at once');
    expect(jobs[3]!.told[0]).toContain('64 MiB of 100 MiB are taken');
  });

  it('looks again while somebody waits for memory, without any other event', () => {
    vi.useFakeTimers();
    free = GIB;
    const made = queue(10);
    const large = job('a', { memory: 2 * GIB });
    made.add(large);
    expect(large.told[0]).toContain('2 GiB of memory on the engine');
    free = 3 * GIB;
    vi.advanceTimersByTime(1500);
    expect(large.begun()).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('tells beforehand whether a run would wait, and changes nothing by that', () => {
    const made = queue(1);
    expect(made.wouldWait(job('x'))).toBeNull();
    made.add(job('a'));
    expect(made.wouldWait(job('x'))).toBe('one of 1 running to end');
    expect(made.running).toBe(1);
  });
});
