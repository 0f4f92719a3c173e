/** Times of steps as bars over the time of the whole workflow. Pure. */
import type { WorkflowStep, WorkflowSummary } from '#shared/domain/workflow.ts';

export interface Bar {
  /** Shares of the whole, 0 to 1; null before it started. */
  readonly from: number | null;
  readonly to: number;
  /** Milliseconds; null before it started. */
  readonly ms: number | null;
}

export interface Span {
  readonly start: number;
  /** At least one second after the start, so that nothing is divided by nothing. */
  readonly end: number;
}

/** From the start of the workflow to its end, or to now; a retry may have begun long after. */
export function spanOf(
  { startedAt, endedAt }: Pick<WorkflowSummary, 'startedAt' | 'endedAt'>,
  steps: readonly Pick<WorkflowStep, 'startedAt' | 'endedAt'>[],
  now: number,
): Span {
  const begun = steps.flatMap((step) => step.startedAt ?? []);
  const start = begun.reduce((least, at) => Math.min(least, at), begun.length > 0 ? Infinity : startedAt);
  const last = steps.reduce((most, step) => Math.max(most, step.endedAt ?? 0), endedAt ?? now);
  return { start, end: Math.max(last, start + 1_000) };
}

/** One step within the whole; one that goes on reaches to now. */
export function barOf(step: Pick<WorkflowStep, 'startedAt' | 'endedAt'>, { start, end }: Span, now: number): Bar {
  if (step.startedAt === null) return { from: null, to: 0, ms: null };
  const until = Math.max(step.startedAt, step.endedAt ?? now);
  const share = (at: number): number => Math.min(1, Math.max(0, (at - start) / (end - start)));
  return { from: share(step.startedAt), to: share(until), ms: until - step.startedAt };
}

const STEPS_MS = [
  100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5, 18e5, 36e5, 72e5, 216e5, 864e5,
];

/** Milliseconds since the start at which to draw lines: round ones, at most `most`. */
export function ticksOf({ start, end }: Span, most = 6): readonly number[] {
  const ms = end - start;
  const step = STEPS_MS.find((one) => ms / one <= most) ?? Math.ceil(ms / most / 864e5) * 864e5;
  return Array.from({ length: Math.floor(ms / step) + 1 }, (_, index) => index * step);
}
