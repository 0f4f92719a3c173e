/** The state of one opened run. */
import { createStore, type StoreApi } from 'zustand';
import type { RunDetail } from '#shared/contract/runs.ts';
import type { RunSummary } from '#shared/domain/run.ts';
import { follow, type RunSource } from './follow.ts';
import { Journal, type Happening } from './model/journal.ts';
import { limitsOf, type Limits } from './model/limits.ts';
import type { Readings } from './model/readings.ts';

export interface OpenedRun {
  readonly detail: RunDetail;
  readonly summary: RunSummary;
  readonly limits: Limits;
  readonly happenings: readonly Happening[];
  /** Changes in place; `version` tells when. */
  readonly readings: Readings;
  /** Epoch ms from which times are counted. */
  readonly origin: number;
}

export interface RunState {
  /** Null until the first answer. */
  readonly run: OpenedRun | null;
  /** Grows with every reading. */
  readonly version: number;
  /** False while the connection to the core is down. */
  readonly connected: boolean;
  /** What trying again cannot change. */
  readonly failure: unknown;
  /** Why the last attempt failed, while it is tried again. */
  readonly trouble: unknown;
}

export type RunStore = StoreApi<RunState>;

/** A store that follows one run until `signal` aborts. Events of one frame are taken in together. */
export function openRun(source: RunSource, id: string, signal: AbortSignal): RunStore {
  const store = createStore<RunState>(() => ({ run: null, version: 0, connected: true, failure: null, trouble: null }));
  let journal: Journal | undefined;
  let limits: Limits | undefined;
  const show = (): void => {
    if (!journal || !limits) return;
    const { detail, summary, happenings, readings, origin } = journal;
    store.setState((state) => ({
      run: { detail, summary, limits: limits as Limits, happenings, readings, origin },
      version: state.version + 1,
      connected: true,
      trouble: null,
    }));
  };
  follow(
    source,
    id,
    {
      start(detail) {
        if (journal) journal.renew(detail);
        else journal = new Journal(detail);
        limits = limitsOf(detail.plan);
        show();
        return journal.after;
      },
      take(events) {
        journal?.take(events);
        show();
      },
      lost: (trouble) => store.setState({ connected: false, trouble }),
    },
    signal,
  ).catch((failure: unknown) => store.setState({ failure }));
  return store;
}
