/** Who waits, as the page knows it (RUN-8). Pure. */
import type { RunSummary } from '#shared/domain/run.ts';

/** Runs that wait, next one first; those without a turn (they need their secrets) come last. */
export function waitingRuns(runs: readonly RunSummary[], queue: readonly string[]): RunSummary[] {
  const place = new Map(queue.map((id, at) => [id, at]));
  const of = ({ id }: RunSummary): number => place.get(id) ?? queue.length;
  return runs.filter((run) => run.state === 'queued').toSorted((a, b) => of(a) - of(b) || a.createdAt - b.createdAt);
}

/** Before which run one has to be put to move it; undefined when it cannot move that way. */
export function moveTo(
  queue: readonly string[],
  id: string,
  where: 'first' | 'up' | 'down' | 'last',
): string | null | undefined {
  const at = queue.indexOf(id);
  if (at === -1) return undefined;
  const isLast = at === queue.length - 1;
  switch (where) {
    case 'first':
      return at === 0 ? undefined : queue[0];
    case 'up':
      return at === 0 ? undefined : queue[at - 1];
    case 'down':
      return isLast ? undefined : (queue[at + 2] ?? null);
    case 'last':
      return isLast ? undefined : null;
  }
}
