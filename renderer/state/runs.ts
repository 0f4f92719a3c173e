/** The list of runs, kept up to date by the core. */
import { create } from 'zustand';
import type { ListMessage } from '#shared/contract/runs.ts';
import type { RunSummary } from '#shared/domain/run.ts';
import { subscribe, type Client } from '../rpc/client.ts';

interface RunsState {
  /** Newest first; null until the first answer. */
  readonly runs: readonly RunSummary[] | null;
  /** How many runs the history has beside these. */
  readonly older: number;
  /** What is known of runs beside these since the page was opened: the line as it is now, null once removed. */
  readonly changes: ReadonlyMap<string, RunSummary | null>;
  /** How many may run at once; null until the first answer. */
  readonly limit: number | null;
  /** Ids of those that wait for their turn, next one first. */
  readonly queue: readonly string[];
}

export const useRuns = create<RunsState>(() => ({
  runs: null,
  older: 0,
  changes: new Map(),
  limit: null,
  queue: [],
}));

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

/** What a message changes. Pure. */
export function afterMessage(state: RunsState, message: ListMessage): Partial<RunsState> {
  const { runs, older, changes } = state;
  switch (message.type) {
    case 'all':
      return { runs: message.runs.toSorted(newestFirst), older: message.older, limit: message.limit, queue: [] };
    case 'queue':
      return { queue: message.ids, limit: message.limit };
    case 'changed':
      return { runs: withRun(runs ?? [], message.run) };
    case 'older':
      return { changes: new Map(changes).set(message.run.id, message.run) };
    case 'removed': {
      const left = (runs ?? []).filter((run) => run.id !== message.id);
      const listed = left.length !== runs?.length;
      return {
        runs: left,
        changes: new Map(changes).set(message.id, null),
        // One that is told of twice is counted once.
        older: listed || changes.get(message.id) === null ? older : Math.max(0, older - 1),
      };
    }
  }
}

/** A run was opened: one that is not in the list is known by its name from now on. */
export function learn(run: RunSummary): void {
  const { runs, changes } = useRuns.getState();
  if (changes.has(run.id) || runs?.some(({ id }) => id === run.id)) return;
  useRuns.setState({ changes: new Map(changes).set(run.id, run) });
}

/** Follows every run until `signal` aborts. */
export function followRuns(client: Client, signal: AbortSignal): void {
  void subscribe(
    (inner) => client.runs.watchList(undefined, { signal: inner }),
    (message) => useRuns.setState((state) => afterMessage(state, message)),
    signal,
  );
}
