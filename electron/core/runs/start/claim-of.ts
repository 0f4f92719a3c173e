/** What admission knows of a planned run. Pure. */
import { AppError } from '#shared/lib/app-error.ts';
import { groupsOf } from '#shared/queue/quotas.ts';
import type { Caller } from '../../core.ts';
import type { Planned } from '../planner.ts';
import type { QueuedRun } from '../queue/queue.ts';

/** The folder that the script belongs to; what comes without one is told apart by who sent it, else by its name. */
function projectOf({ plan, launch }: Planned, by: Caller | null): { key: string; name: string } {
  const folder = plan.project?.path.replace(/[/\\][^/\\]*$/u, '') ?? launch.folder;
  const key = folder ?? (by === null ? launch.name : `token ${by.token}`);
  return { key, name: key.split(/[/\\]/u).findLast((part) => part !== '') ?? key };
}

/** `by`: who asked for it, null for the person at this computer. */
export function claimOf(
  id: string,
  planned: Planned,
  by: Caller | null,
): Omit<QueuedRun, 'begin' | 'waits' | 'used' | 'since' | 'place'> {
  const { policy, compiled, quotas } = planned;
  const { fields } = policy;
  const project = projectOf(planned, by);
  return {
    id,
    project: project.key,
    groups: groupsOf(quotas, { policy: policy.name, project, workflow: null }),
    memory: compiled.options.memory,
    cpu: fields['resources.cpu'].value,
    priority: fields['quota.priority'].value,
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
