import { expect, it } from 'vitest';
import { Channel } from './channel.ts';
import { Jobs } from './jobs.ts';

const gaveUp = (): Error => new Error('gave up');

it('gives callers of one key the same work, and late ones the last progress (IMG-1)', async () => {
  const jobs = new Jobs<string, number>();
  const gate = Promise.withResolvers<void>();
  const reported = Promise.withResolvers<void>();
  let started = 0;
  const work = async (report: (progress: string) => void): Promise<number> => {
    started++;
    report('half');
    reported.resolve();
    await gate.promise;
    return 7;
  };
  const seen: string[] = [];
  const first = jobs.run('python', {}, gaveUp, work);
  await reported.promise;
  const second = jobs.run('python', { onProgress: (progress) => seen.push(progress) }, gaveUp, work);
  expect(jobs.has('python')).toBe(true);
  gate.resolve();
  expect(await Promise.all([first, second])).toEqual([7, 7]);
  expect([started, seen, jobs.has('python')]).toEqual([1, ['half'], false]);
});

it('runs jobs of different keys one after another, also after a failure (IMG-1)', async () => {
  const jobs = new Jobs<never, string>();
  const order: string[] = [];
  const work = (name: string) => async (): Promise<string> => {
    order.push(`${name} starts`);
    await Promise.resolve();
    order.push(`${name} ends`);
    if (name === 'a') throw new Error('a failed');
    return name;
  };
  const results = await Promise.allSettled([
    jobs.run('a', {}, gaveUp, work('a')),
    jobs.run('b', {}, gaveUp, work('b')),
  ]);
  expect(results.map((result) => result.status)).toEqual(['rejected', 'fulfilled']);
  expect(order).toEqual(['a starts', 'a ends', 'b starts', 'b ends']);
});

it('lets one caller leave and aborts the work when the last has left (IMG-1)', async () => {
  const jobs = new Jobs<never, void>();
  const started = Promise.withResolvers<AbortSignal>();
  const work = (_report: unknown, signal: AbortSignal): Promise<void> => {
    started.resolve(signal);
    return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
  };
  const [one, two] = [new AbortController(), new AbortController()];
  const first = jobs.run('x', { signal: one.signal }, gaveUp, work);
  const second = jobs.run('x', { signal: two.signal }, gaveUp, work);
  const signal = await started.promise;
  one.abort();
  await expect(first).rejects.toThrow('gave up');
  expect(signal.aborted).toBe(false);
  two.abort();
  await expect(second).rejects.toThrow('gave up');
  expect(signal.aborted).toBe(true);
});

it('starts anew for a caller who comes after an abort (IMG-1)', async () => {
  const jobs = new Jobs<never, string>();
  const first = new AbortController();
  const lost = jobs.run('x', { signal: first.signal }, gaveUp, (_report, signal) => {
    return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
  });
  await Promise.resolve();
  first.abort();
  await expect(lost).rejects.toThrow('gave up');
  expect(await jobs.run('x', {}, gaveUp, async () => 'second')).toBe('second');
});

it('ends everything when disposed, also what has not begun (IMG-1)', async () => {
  const jobs = new Jobs<never, void>();
  const began = Promise.withResolvers<void>();
  const running = jobs.run('x', {}, gaveUp, (_report, signal) => {
    began.resolve();
    return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
  });
  let started = false;
  const waiting = jobs.run('y', {}, gaveUp, async () => {
    started = true;
  });
  const outcomes = Promise.allSettled([running, waiting]);
  await began.promise;
  await jobs.dispose();
  expect((await outcomes).map((one) => one.status === 'rejected' && String(one.reason))).toEqual([
    'Error: aborted',
    'Error: gave up',
  ]);
  expect(started).toBe(false);
});

it('hands on what is pushed before and during the iteration, then ends or throws', async () => {
  const channel = new Channel<number>();
  channel.push(1);
  const seen: number[] = [];
  const reading = (async () => {
    for await (const item of channel) seen.push(item);
  })();
  await Promise.resolve();
  channel.push(2);
  channel.push(3);
  channel.fail(new Error('broken'));
  await expect(reading).rejects.toThrow('broken');
  expect(seen).toEqual([1, 2, 3]);
});
