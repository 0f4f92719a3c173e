/** One workflow, kept up to date by the core while it is shown. */
import { createStore, type StoreApi } from 'zustand';
import type { WorkflowDetail } from '#shared/domain/workflow.ts';
import type { AppErrorData } from '#shared/lib/app-error.ts';
import { withChanges } from '#shared/workflow/changes.ts';
import { subscribe, type Client } from '../../../rpc/client.ts';

export interface OpenedState {
  /** Null until the first answer. */
  readonly detail: WorkflowDetail | null;
  readonly error: AppErrorData | null;
}

export type OpenedStore = StoreApi<OpenedState> & {
  /** Asks and watches again: after a retry the workflow goes on. */
  readonly again: () => void;
};

/** A store that follows one workflow until `signal` aborts. */
export function openWorkflow(client: Client, id: string, signal: AbortSignal): OpenedStore {
  const store = createStore<OpenedState>(() => ({ detail: null, error: null }));
  let watching: AbortController | null = null;
  const again = (): void => {
    watching?.abort();
    const mine = new AbortController();
    watching = mine;
    void subscribe(
      (inner) => client.workflows.watch({ id }, { signal: inner }),
      (message) =>
        store.setState(({ detail }) => {
          if (message.type === 'all') return { detail: message.detail, error: null };
          return detail === null ? {} : { detail: withChanges(detail, message.change), error: null };
        }),
      mine.signal,
      (error) => store.setState({ error }),
    );
  };
  signal.addEventListener('abort', () => watching?.abort());
  again();
  return Object.assign(store, { again });
}
