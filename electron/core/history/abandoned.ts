/** Runs that a process left open when it ended without a word: said so, with what was recorded (RUN-10). */
import type { RunSummary, Verdict } from '#shared/domain/run.ts';
import type { History } from './history.ts';

const ABANDONED: Verdict = {
  outcome: 'engine-error',
  exitCode: null,
  reason: 'Bellglass itself ended during this run; its sandbox was removed at the next start.',
  rule: null,
  next: 'Run it again.',
  suggestions: [],
};

/**
 * Closes every open run whose process is gone, `now` in epoch milliseconds; those that `waits` names stay open:
 * they have not begun, and whoever takes up the queue has them next.
 */
export function closeAbandoned(
  history: History,
  ownerAlive: (owner: string) => boolean,
  now: number,
  waits: (id: string) => boolean = () => false,
): void {
  for (const { summary, owner } of history.open())
    if (!ownerAlive(owner) && !waits(summary.id)) closeOpen(history, summary, owner, ABANDONED, now);
}

/** Ends a run that no process has, unless it has a verdict. */
export function closeOpen(history: History, summary: RunSummary, owner: string, verdict: Verdict, now: number): void {
  const ended: RunSummary = {
    ...summary,
    state: 'finished',
    waitsFor: undefined,
    secretsWanted: undefined,
    finishedAt: summary.finishedAt ?? now,
    verdict: summary.verdict ?? verdict,
  };
  const detail = history.detail(summary.id);
  history.save(ended, owner, detail ? { ...detail, summary: ended } : undefined);
}
