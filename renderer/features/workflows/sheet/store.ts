/** The workflow that is being prepared, its plan, and the promise that the plan shown is the plan run. */
import { create } from 'zustand';
import type { WorkflowLaunch } from '#shared/contract/workflows.ts';
import type { WorkflowPlan } from '#shared/domain/workflow.ts';
import type { AppErrorData } from '#shared/lib/app-error.ts';
import { toErrorData, type Client } from '../../../rpc/client.ts';
import { draftOf, launchOf, standsInTheWay, type FlowDraft, type FlowSource } from './draft.ts';

interface SheetState {
  readonly draft: FlowDraft | null;
  /** The newest plan; it stays on screen while the next one is made. */
  readonly plan: WorkflowPlan | null;
  /** The launch that `plan` belongs to; null while the draft is newer. */
  readonly planned: WorkflowLaunch | null;
  readonly error: AppErrorData | null;
  readonly starting: boolean;
}

const NOTHING: SheetState = { draft: null, plan: null, planned: null, error: null, starting: false };
export const useFlow = create<SheetState>(() => NOTHING);

export const openFlow = (source: FlowSource): void => useFlow.setState({ ...NOTHING, draft: draftOf(source) });
export const dropFlow = (): void => useFlow.setState(NOTHING);

/** Changes the draft; its plan is out of date from here until the next one came. */
export function editFlow(change: Partial<FlowDraft>): void {
  useFlow.setState(({ draft }) => (draft ? { draft: { ...draft, ...change } } : {}));
}

/** Milliseconds that typing must rest before the plan is made anew. */
const REST_MS = 150;

/** Keeps the plan in step with the draft until `signal` aborts. */
export function keepFlowPlanned(client: Client, signal: AbortSignal): void {
  let turn = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const plan = async (draft: FlowDraft): Promise<void> => {
    const launch = launchOf(draft);
    const mine = ++turn;
    if (!launch) return;
    try {
      const made = await client.workflows.plan(launch, { signal });
      if (mine === turn) useFlow.setState({ plan: made, planned: launch, error: null });
    } catch (thrown) {
      if (mine === turn && !signal.aborted) useFlow.setState({ planned: null, error: toErrorData(thrown) });
    }
  };
  const { draft } = useFlow.getState();
  if (draft) void plan(draft);
  const stop = useFlow.subscribe((state, before) => {
    if (!state.draft || state.draft === before.draft) return;
    turn += 1;
    useFlow.setState({ planned: null });
    clearTimeout(timer);
    const next = state.draft;
    timer = setTimeout(() => void plan(next), before.draft ? REST_MS : 0);
  });
  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    stop();
  });
}

/** Starts exactly what the plan on screen was made for. @returns the workflow's id, null when it was refused. */
export async function startFlow(client: Client): Promise<string | null> {
  const { draft, planned, plan, starting } = useFlow.getState();
  if (!draft || !planned || !plan || starting || standsInTheWay(plan, draft) !== null) return null;
  useFlow.setState({ starting: true });
  try {
    return (await client.workflows.start(planned)).id;
  } catch (thrown) {
    useFlow.setState({ error: toErrorData(thrown) });
    return null;
  } finally {
    useFlow.setState({ starting: false });
  }
}
