/** The workflow that is being prepared, and its plan. */
import { create } from 'zustand';
import type { WorkflowLaunch } from '#shared/contract/workflows.ts';
import type { WorkflowPlan } from '#shared/domain/workflow.ts';
import type { Client } from '../../../rpc/client.ts';
import { keepInStep, NOTHING_PLANNED, startAsPlanned, type Planned } from '../../../state/planned.ts';
import { draftAgain, draftOf, launchOf, standsInTheWay, type FlowDraft, type FlowSource } from './draft.ts';

export const useFlow = create<Planned<FlowDraft, WorkflowPlan, WorkflowLaunch>>(() => NOTHING_PLANNED);

const open = (draft: FlowDraft): void => useFlow.setState({ ...NOTHING_PLANNED, draft });
export const openFlow = (source: FlowSource): void => open(draftOf(source));
/** Everything that an earlier start was given. */
export const openFlowAgain = (launch: WorkflowLaunch): void => open(draftAgain(launch));
export const dropFlow = (): void => useFlow.setState(NOTHING_PLANNED);

/** Changes the draft; its plan is out of date from here until the next one came. */
export function editFlow(change: Partial<FlowDraft>): void {
  useFlow.setState(({ draft }) => (draft ? { draft: { ...draft, ...change } } : {}));
}

/** Keeps the plan in step with the draft until `signal` aborts. */
export function keepFlowPlanned(client: Client, signal: AbortSignal): void {
  const make = (draft: FlowDraft): Promise<{ plan: WorkflowPlan; planned: WorkflowLaunch }> | null => {
    const planned = launchOf(draft);
    return planned && client.workflows.plan(planned, { signal }).then((plan) => ({ plan, planned }));
  };
  keepInStep(useFlow, make, signal);
}

/** Starts exactly what the plan on screen was made for. @returns the workflow's id, null when it was refused. */
export const startFlow = (client: Client): Promise<string | null> =>
  startAsPlanned(
    useFlow,
    (plan, draft) => standsInTheWay(plan, draft) === null,
    (planned) => client.workflows.start(planned),
  );
