/** A plan that keeps in step with what is being prepared, and the promise that the plan shown is the plan run. */
import type { StoreApi } from 'zustand';
import type { AppErrorData } from '#shared/lib/app-error.ts';
import { toErrorData } from '../rpc/client.ts';

export interface Planned<Draft, Plan, Launch> {
  /** Null while nothing is being prepared. */
  readonly draft: Draft | null;
  /** The newest plan; it stays on screen while the next one is made. */
  readonly plan: Plan | null;
  /** What `plan` was made for, ready to start; null while the draft is newer or lacks something. */
  readonly planned: Launch | null;
  readonly error: AppErrorData | null;
  readonly starting: boolean;
}

export const NOTHING_PLANNED = { draft: null, plan: null, planned: null, error: null, starting: false } as const;

/** Milliseconds that typing must rest before the plan is made anew. */
const REST_MS = 150;

/**
 * Has the plan made anew after every change of the draft, until `signal` aborts. `make` returns null for a draft that
 * cannot be planned yet; an answer that a newer draft has overtaken is dropped.
 */
export function keepInStep<Draft, Plan, Launch>(
  store: Pick<StoreApi<Planned<Draft, Plan, Launch>>, 'getState' | 'setState' | 'subscribe'>,
  make: (draft: Draft) => Promise<{ readonly plan: Plan; readonly planned: Launch | null }> | null,
  signal: AbortSignal,
): void {
  let turn = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const plan = async (draft: Draft): Promise<void> => {
    const mine = ++turn;
    try {
      const made = await make(draft);
      if (made && mine === turn) store.setState({ ...made, error: null });
    } catch (thrown) {
      if (mine === turn && !signal.aborted) store.setState({ planned: null, error: toErrorData(thrown) });
    }
  };
  const { draft } = store.getState();
  if (draft) void plan(draft);
  const stop = store.subscribe((state, before) => {
    if (!state.draft || state.draft === before.draft) return;
    turn += 1;
    store.setState({ planned: null });
    clearTimeout(timer);
    const next = state.draft;
    timer = setTimeout(() => void plan(next), before.draft ? REST_MS : 0);
  });
  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    stop();
  });
}

/** Starts exactly what the plan on screen was made for. Returns the id that `start` tells, null when it was refused. */
export async function startAsPlanned<Draft, Plan, Launch>(
  store: Pick<StoreApi<Planned<Draft, Plan, Launch>>, 'getState' | 'setState'>,
  mayStart: (plan: Plan, draft: Draft) => boolean,
  start: (launch: Launch) => Promise<{ readonly id: string }>,
): Promise<string | null> {
  const { draft, planned, plan, starting } = store.getState();
  if (!draft || !planned || !plan || starting || !mayStart(plan, draft)) return null;
  store.setState({ starting: true });
  try {
    return (await start(planned)).id;
  } catch (thrown) {
    store.setState({ error: toErrorData(thrown) });
    return null;
  } finally {
    store.setState({ starting: false });
  }
}
