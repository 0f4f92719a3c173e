/** What admission knows of a planned run. Pure. */
import { AppError } from '#shared/lib/app-error.ts';
import type { Planned } from '../planner.ts';
import type { QueuedRun } from '../queue/queue.ts';

export function claimOf(id: string, { policy, compiled }: Planned): Omit<QueuedRun, 'begin' | 'waits' | 'used'> {
  const { fields } = policy;
  return {
    id,
    policy: policy.name,
    memory: compiled.options.memory,
    priority: fields['quota.priority'].value,
    quota: { runs: fields['quota.runs'].value, memory: fields['quota.memory'].value },
  };
}

/** For a run that may not wait but would have to. */
export function mustNotWait(wait: string): AppError {
  return new AppError({
    code: 'plan-refused',
    message: `This run cannot start now: it would wait for ${wait}.`,
    why: 'The setting `queue.when_full` is `refuse`.',
    next: 'Try again later, or set `queue.when_full` to `wait`.',
  });
}
