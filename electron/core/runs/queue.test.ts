import { describe, expect, it } from 'vitest';
import { RunQueue } from './queue.ts';

function job(): { begin: () => Promise<void>; end: () => void; begun: () => boolean } {
  const over = Promise.withResolvers<void>();
  let begun = false;
  return {
    begin: () => {
      begun = true;
      return over.promise;
    },
    end: () => over.resolve(),
    begun: () => begun,
  };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe('queue (RUN-8, first table)', () => {
  it('runs as many as the limit says, in order, and says what the others wait for', async () => {
    const queue = new RunQueue(() => 2);
    const jobs = [job(), job(), job()];
    const waits: string[] = [];
    for (const [i, one] of jobs.entries()) queue.add(String(i), one.begin, (what) => waits.push(`${i}: ${what}`));
    expect(jobs.map((one) => one.begun())).toEqual([true, true, false]);
    expect(waits).toEqual(['2: one of 2 running to end']);
    jobs[0]!.end();
    await settled();
    expect(jobs[2]!.begun()).toBe(true);
    expect(queue.running).toBe(2);
  });

  it('goes on when a run fails', async () => {
    const queue = new RunQueue(() => 1);
    const next = job();
    queue.add(
      'a',
      () => Promise.reject(new Error('broken')),
      () => {},
    );
    queue.add('b', next.begin, () => {});
    await settled();
    expect(next.begun()).toBe(true);
  });

  it('lets a waiting run leave, and only a waiting one', async () => {
    const queue = new RunQueue(() => 1);
    const [first, second] = [job(), job()];
    queue.add('a', first.begin, () => {});
    queue.add('b', second.begin, () => {});
    expect([queue.leave('a'), queue.leave('b'), queue.leave('b')]).toEqual([false, true, false]);
    first.end();
    await settled();
    expect(second.begun()).toBe(false);
  });
});
