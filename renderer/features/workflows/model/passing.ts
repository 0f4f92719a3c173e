/** What passes along the edges of a workflow that runs or ran. Pure. */
import type { StepState, WorkflowStep } from '#shared/domain/workflow.ts';
import type { EdgeState } from '../graph/edges.tsx';

const GOING: ReadonlySet<StepState> = new Set(['waiting', 'running']);
const PASSES: ReadonlySet<StepState> = new Set(['succeeded', 'skipped']);
const UNREACHED: ReadonlySet<StepState> = new Set(['not-reached', 'cancelled']);

/** Tells it for an edge, by the ids of its ends. A step that may fail passes on what comes after it, too. */
export function passing(steps: readonly Pick<WorkflowStep, 'id' | 'state'>[]): (from: string, to: string) => EdgeState {
  const states = new Map(steps.map(({ id, state }) => [id, state]));
  return (from, to) => {
    const source = states.get(from) ?? 'waiting';
    if (GOING.has(source)) return 'waits';
    return UNREACHED.has(states.get(to) ?? 'waiting') && !PASSES.has(source) ? 'broken' : 'passed';
  };
}
