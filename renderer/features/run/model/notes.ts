/** The words at the right of a chart: what a person should know about this curve (RUN-6). */
import { clock } from './clock.ts';
import type { Metric, Readings } from './readings.ts';

export interface Note {
  readonly text: string;
  readonly tone: 'quiet' | 'amber' | 'red';
}

/** Share of a limit from which on a warning is due (spec, Words: warning). */
export const WARN_SHARE = 0.9;
/** Readings jitter: so near the limit counts as at it. */
const AT_LIMIT_SHARE = 0.995;

/** When the curve last went over the warning share without coming back, in ms; null when it is below now. */
export function overSince(readings: Readings, metric: Metric, limit: number): number | null {
  const column = readings.column(metric);
  let since: number | null = null;
  for (let index = readings.length - 1; index >= 0; index -= 1) {
    if (!((column[index] ?? 0) >= limit * WARN_SHARE)) break;
    since = readings.at[index] ?? null;
  }
  return since;
}

/** Share of the time in which the script wanted CPU and did not get it, 0 to 1; null when the engine cannot tell. */
export function throttledShare(readings: Readings): number | null {
  const column = readings.column('throttled');
  let [weighted, total] = [0, 0];
  for (let index = 0; index < readings.length; index += 1) {
    const value = column[index] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    const span = index === 0 ? 0 : (readings.at[index] ?? 0) - (readings.at[index - 1] ?? 0);
    weighted += value * span;
    total += span;
  }
  return total > 0 ? weighted / total : null;
}

/** What to say about a curve and its limit; `peak` is said when nothing needs attention. */
export function limitNote(
  readings: Readings,
  metric: Metric,
  limit: number | null,
  peak: string,
  finished: boolean,
): Note {
  if (limit === null || limit <= 0) return { text: peak, tone: 'quiet' };
  if (finished) {
    const most = readings.peak(metric) / limit;
    if (most >= AT_LIMIT_SHARE) return { text: 'reached the limit', tone: 'red' };
    return most >= WARN_SHARE ? { text: 'passed 90 %', tone: 'amber' } : { text: peak, tone: 'quiet' };
  }
  const value = readings.last(metric);
  if (value === null) return { text: peak, tone: 'quiet' };
  if (value >= limit * AT_LIMIT_SHARE) return { text: 'at the limit', tone: 'red' };
  const since = overSince(readings, metric, limit);
  if (since !== null) return { text: `over 90 % since ${clock(since)}`, tone: 'amber' };
  return { text: peak, tone: 'quiet' };
}

/** "throttled 31 % of the time", or what else there is to say about CPU. */
export function cpuNote(readings: Readings, peak: string): Note {
  const share = throttledShare(readings);
  if (share !== null && share >= 0.005) {
    const percent = Math.max(1, Math.round(share * 100));
    return { text: `throttled ${percent} % of the time`, tone: percent >= 50 ? 'amber' : 'quiet' };
  }
  return { text: peak, tone: 'quiet' };
}
