/** What follows from what in a workflow. Pure. */

import type { StepState } from '#shared/domain/workflow.ts';

interface Needing {
  readonly id: string;
  readonly needs: readonly string[];
}

/** A step and everything that depends on it, in the order of the steps: what a retry from it runs again. */
export function againFrom<T extends Needing>(steps: readonly T[], id: string): readonly T[] {
  const needed = new Map<string, T[]>();
  for (const step of steps)
    for (const need of step.needs) {
      const of = needed.get(need);
      if (of) of.push(step);
      else needed.set(need, [step]);
    }
  const found = new Set([id]);
  for (const at of found) for (const { id: next } of needed.get(at) ?? []) found.add(next);
  return steps.filter((step) => found.has(step.id));
}

const STOPPED: ReadonlySet<StepState> = new Set(['failed', 'cancelled', 'not-reached']);

/**
 * Where a retry has to begin so that a step that was never reached can be: the first of those before it that did not
 * end well. Empty when it can begin with the step itself.
 */
export function retryBegins<T extends Needing & { readonly state: StepState }>(
  steps: readonly T[],
  id: string,
): readonly T[] {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const step = byId.get(id);
  if (step?.state !== 'not-reached' && step?.state !== 'cancelled') return [];
  const before = (of: T): T[] => {
    const found = new Set(of.needs);
    for (const at of found) for (const need of byId.get(at)?.needs ?? []) found.add(need);
    return steps.filter((one) => found.has(one.id) && one.id !== of.id && STOPPED.has(one.state));
  };
  const blocking = before(step);
  // One that failed and was allowed to does not stand in the way of a step that was only cancelled.
  if (step.state === 'cancelled' && blocking.every(({ state }) => state === 'failed')) return [];
  return blocking.filter((one) => before(one).length === 0);
}
