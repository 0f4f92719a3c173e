/** The list of runs, kept up to date by the core. */
import { create } from 'zustand';
import type { RunSummary } from '#shared/domain/run.ts';
import { subscribe, type Client } from '../rpc/client.ts';

interface RunsState {
  /** Newest first; null until the first answer. */
  readonly runs: readonly RunSummary[] | null;
  /** How many may run at once; null until the first answer. */
  readonly limit: number | null;
  /** Ids of those that wait for their turn, next one first. */
  readonly queue: readonly string[];
}

export const useRuns = create<RunsState>(() => ({ runs: null, limit: null, queue: [] }));

/** True until the run has finished. */
export function going(run: RunSummary): boolean {
  return run.state !== 'finished';
}

/** The order of the list. */
export const newestFirst = (a: RunSummary, b: RunSummary): number =>
  b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1);

/** The list after a run changed or came; order is kept. */
export function withRun(runs: readonly RunSummary[], changed: RunSummary): readonly RunSummary[] {
  const at = runs.findIndex((run) => run.id === changed.id);
  return at === -1 ? [changed, ...runs].toSorted(newestFirst) : runs.with(at, changed);
}

/** Follows every run until `signal` aborts. */
export function followRuns(client: Client, signal: AbortSignal): void {
  void subscribe(
    (inner) => client.runs.watchList(undefined, { signal: inner }),
    (message) => {
      if (message.type === 'all')
        useRuns.setState({ runs: message.runs.toSorted(newestFirst), limit: message.limit, queue: [] });
      else if (message.type === 'queue') useRuns.setState({ queue: message.ids });
      else
        useRuns.setState(({ runs }) => ({
          runs:
            message.type === 'changed'
              ? withRun(runs ?? [], message.run)
              : (runs ?? []).filter((run) => run.id !== message.id),
        }));
    },
    signal,
  );
}
