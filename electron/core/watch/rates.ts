/** From two readings of counters to one sample; pure. */
import type { Peaks, Sample } from '#shared/domain/run.ts';
import { PLUMBING } from '#shared/policy/compile.ts';
import type { Counters } from './counters.ts';
import type { SlowFacts } from './host-reader.ts';

/** Nothing runs in the sandbox but what is always there. */
export function isEmpty(now: Counters | null): boolean {
  return now !== null && now.processes <= PLUMBING;
}

/**
 * A sample between two readings.
 * @param begin the reading when the script started: CPU time counts from there
 * @param sinceStart milliseconds since the script started
 */
export function toSample(
  begin: Counters,
  before: Counters,
  now: Counters,
  slow: SlowFacts,
  sinceStart: number,
): Sample {
  const elapsed = Math.max(1, now.at - before.at);
  const perSecond = (from: number | undefined, to: number | undefined): number | undefined =>
    from === undefined || to === undefined ? undefined : Math.max(0, Math.round(((to - from) * 1000) / elapsed));
  const periods = (now.periods ?? 0) - (before.periods ?? 0);
  return {
    at: Math.round(sinceStart),
    memory: now.memory,
    cpu: Math.max(0, Math.round(((now.cpuTime - before.cpuTime) / elapsed) * 1000) / 10),
    cpuTime: Math.max(0, Math.round(now.cpuTime - begin.cpuTime)),
    throttled:
      now.throttled === undefined
        ? undefined
        : periods > 0
          ? Math.min(1, (now.throttled - (before.throttled ?? 0)) / periods)
          : 0,
    processes: Math.max(0, now.processes - PLUMBING),
    openFiles: slow.openFiles,
    diskRead: perSecond(before.diskRead, now.diskRead),
    diskWrite: perSecond(before.diskWrite, now.diskWrite),
    scratch: slow.scratch,
  };
}

export const NO_PEAKS: Peaks = { memory: 0, cpu: 0, cpuTime: 0, processes: 0, output: 0 };

const larger = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.max(a, b);

/** Peaks after one more sample. */
export function raisePeaks(peaks: Peaks, sample: Sample): Peaks {
  return {
    memory: Math.max(peaks.memory, sample.memory),
    cpu: Math.max(peaks.cpu, sample.cpu),
    cpuTime: Math.max(peaks.cpuTime, sample.cpuTime),
    processes: Math.max(peaks.processes, sample.processes),
    openFiles: larger(peaks.openFiles, sample.openFiles),
    scratch: larger(peaks.scratch, sample.scratch),
    output: peaks.output,
  };
}
