/** The list of workflows, kept up to date by the core. */
import { create } from 'zustand';
import type { WorkflowSummary } from '#shared/domain/workflow.ts';
import type { AppErrorData } from '#shared/lib/app-error.ts';
import { subscribe, toErrorData, type Client } from '../../rpc/client.ts';

interface WorkflowsState {
  /** Newest first; null until the first answer. */
  readonly workflows: readonly WorkflowSummary[] | null;
  /** Why there is no list. */
  readonly error: AppErrorData | null;
  /** Older ones may be asked for. */
  readonly more: boolean;
}

export const useWorkflows = create<WorkflowsState>(() => ({ workflows: null, error: null, more: false }));

/** What the stream begins with at most (`watchList` of the contract). */
const FIRST = 100;

const newestFirst = (a: WorkflowSummary, b: WorkflowSummary): number =>
  b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1);

/** The list with these in it, each once, newest first. */
export function withWorkflows(
  list: readonly WorkflowSummary[],
  changed: readonly WorkflowSummary[],
): readonly WorkflowSummary[] {
  const byId = new Map(list.map((one) => [one.id, one]));
  for (const one of changed) byId.set(one.id, one);
  return [...byId.values()].toSorted(newestFirst);
}

/** Follows every workflow until `signal` aborts. */
export function followWorkflows(client: Client, signal: AbortSignal): void {
  void subscribe(
    (inner) => client.workflows.watchList(undefined, { signal: inner }),
    (message) => {
      switch (message.type) {
        case 'all':
          useWorkflows.setState({
            workflows: withWorkflows([], message.workflows),
            error: null,
            more: message.workflows.length >= FIRST,
          });
          return;
        case 'changed':
          useWorkflows.setState(({ workflows }) => ({ workflows: withWorkflows(workflows ?? [], [message.workflow]) }));
          return;
        case 'removed':
          useWorkflows.setState(({ workflows }) => ({
            workflows: (workflows ?? []).filter(({ id }) => id !== message.id),
          }));
      }
    },
    signal,
    (error) => useWorkflows.setState({ error }),
  );
}

/** Asks for the page after the oldest one shown. */
export async function olderWorkflows(client: Client): Promise<void> {
  const last = useWorkflows.getState().workflows?.at(-1);
  try {
    const page = await client.workflows.list({ limit: FIRST, ...(last ? { before: last.id } : {}) });
    useWorkflows.setState(({ workflows }) => ({
      workflows: withWorkflows(workflows ?? [], page),
      more: page.length >= FIRST,
    }));
  } catch (thrown) {
    useWorkflows.setState({ error: toErrorData(thrown) });
  }
}
