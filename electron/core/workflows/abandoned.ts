/** Workflows that a process left open when it ended without a word: said so, with what was recorded (WF-1, RUN-10). */
import type { WorkflowSummary } from '#shared/domain/workflow.ts';
import { move, outcomeOf } from '#shared/workflow/machine.ts';
import type { Log } from '../storage/log.ts';
import { countsOf, positionOf } from './position.ts';
import type { KeptWorkflow, WorkflowStore } from './store.ts';

export interface AbandonedDeps {
  readonly store: WorkflowStore;
  readonly ownerAlive: (owner: string) => boolean;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly told: (summary: WorkflowSummary) => void;
  readonly log: Log;
}

function interrupted(found: KeptWorkflow, now: number): Parameters<WorkflowStore['save']>[0] {
  const all = {
    ids: found.steps.map(({ id }) => id),
    needs: new Map(found.steps.map(({ id, needs }) => [id, needs])),
    goesOn: new Set<string>(),
  };
  const { position } = move(all, positionOf(found), { type: 'interrupt' });
  const steps = found.steps.map((step) => {
    const at = position.steps.get(step.id) ?? { state: 'not-reached' as const, why: '' };
    const ended = step.startedAt !== null && step.endedAt === null;
    return { ...step, ...at, ...(ended && { endedAt: now, outcome: 'engine-error' as const }) };
  });
  const outcome = outcomeOf(all, position);
  const summary = { ...found.summary, state: 'finished' as const, outcome, endedAt: now, counts: countsOf(steps) };
  return { summary, steps, stopped: position.stopped, interrupted: position.interrupted };
}

/** Closes every open workflow whose process is gone. Never throws: one that cannot be read stays as it is. */
export function closeAbandonedWorkflows({ store, ownerAlive, now, told, log }: AbandonedDeps): void {
  try {
    for (const { id, owner } of store.open()) {
      if (ownerAlive(owner)) continue;
      const found = store.get(id);
      if (found === null) continue;
      const closed = interrupted(found, now());
      store.save(closed, owner);
      told(closed.summary);
    }
  } catch (failure) {
    log.error('workflows of before could not be closed', { problem: String(failure) });
  }
}
