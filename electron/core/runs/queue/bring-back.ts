/** A run that waited when its process ended, planned anew: its policy may have changed meanwhile (RUN-8). */
import type { RunDetail } from '#shared/contract/runs.ts';
import { AppError, toAppError, type AppErrorData } from '#shared/lib/app-error.ts';
import { launchAgain } from '#shared/history/again.ts';
import type { Planned, Planner } from '../planner.ts';
import type { KeptRun } from './kept-queue.ts';
import type { Keeping } from './waiting-room.ts';

export type BroughtBack =
  | {
      readonly planned: Planned;
      /** Secrets whose values it waits for. */
      readonly secrets: readonly string[];
      /** For the run's own record. */
      readonly notes: readonly string[];
    }
  | { readonly failure: AppErrorData };

const GONE: AppErrorData = {
  code: 'storage',
  message: 'Bellglass ended while this run waited, and what it was given was not kept.',
  next: 'Run it again.',
};

/** `before`: what was recorded of it when it was queued. Never rejects. */
export async function bringBack(
  { id, by }: KeptRun,
  before: RunDetail | null,
  { launches, planner }: { readonly launches: Keeping['launches']; readonly planner: Planner },
): Promise<BroughtBack> {
  try {
    const given = await launches.read(id);
    if (given === null) return { failure: GONE };
    // Without values the names stay known, here and in what is written of the run.
    const secrets = Object.fromEntries(given.secrets.map((name) => [name, '']));
    const planned = await planner.plan(launchAgain(given, { secrets }), by ?? undefined);
    const { refusal } = planned.plan;
    if (refusal !== null) throw new AppError({ ...refusal, code: 'plan-refused' });
    const notes = ['Bellglass was started again; this run has kept its place in the queue.'];
    if (before !== null && valuesOf(before.plan) !== valuesOf(planned.plan))
      notes.push('Its policy has changed since it was queued; it runs under the policy as it is now.');
    return { planned, secrets: given.secrets, notes };
  } catch (thrown) {
    const { code, message, why, next } = toAppError(thrown);
    return { failure: { code, message, ...(why !== undefined && { why }), ...(next !== undefined && { next }) } };
  }
}

const valuesOf = ({ fields }: RunDetail['plan']): string =>
  JSON.stringify(fields.map(({ field, value }) => [field, value]));
