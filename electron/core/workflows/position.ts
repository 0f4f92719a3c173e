/** Between what is kept of a workflow and what its machine knows. Pure. */
import { STEP_STATES, type StepState, type WorkflowStep, type WorkflowSummary } from '#shared/domain/workflow.ts';
import type { Position, Steps } from '#shared/workflow/machine.ts';
import type { ReadWorkflow } from '#shared/workflow/read.ts';
import type { KeptWorkflow } from './store.ts';

/** The steps as the machine knows them. */
export function stepsOf({ graph, steps }: ReadWorkflow): Steps {
  const goesOn = new Set(steps.filter(({ continueOnError }) => continueOnError).map(({ id }) => id));
  return { ids: graph.ids, needs: graph.needs, goesOn };
}

/** Every step before anything has begun. */
export function waitingSteps({ graph, steps }: ReadWorkflow): WorkflowStep[] {
  return steps.map(({ id, title }) => ({
    id,
    title,
    needs: [...(graph.needs.get(id) ?? [])],
    rank: graph.rank.get(id) ?? 0,
    state: 'waiting',
    why: '',
    runs: [],
    outcome: null,
    startedAt: null,
    endedAt: null,
  }));
}

/** The machine's position as it was written. */
export function positionOf({
  steps,
  stopped,
  interrupted,
}: Pick<KeptWorkflow, 'steps' | 'stopped' | 'interrupted'>): Position {
  return { steps: new Map(steps.map(({ id, state, why }) => [id, { state, why }])), stopped, interrupted };
}

/** How many steps are in each state. */
export function countsOf(steps: Iterable<{ readonly state: StepState }>): WorkflowSummary['counts'] {
  const counts = Object.fromEntries(STEP_STATES.map((state) => [state, 0])) as Record<StepState, number>;
  for (const { state } of steps) counts[state] += 1;
  return counts;
}
