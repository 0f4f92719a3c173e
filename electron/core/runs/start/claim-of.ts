/** What admission knows of a planned run. Pure. */
import { AppError } from '#shared/lib/app-error.ts';
import { groupsOf } from '#shared/queue/quotas.ts';
import type { Planned } from '../planner.ts';
import type { Claim } from '../queue/waiting-room.ts';
import type { RunOrigin } from '../told.ts';

/** The folder that the script belongs to; what comes without one is told apart by who sent it, else by its name. */
function projectOf({ plan, launch }: Planned, by: RunOrigin['by']): { key: string; name: string } {
  const folder = plan.project?.path.replace(/[/\\][^/\\]*$/u, '') ?? launch.folder;
  const key = folder ?? (by === null ? launch.name : `token ${by.token}`);
  return { key, name: key.split(/[/\\]/u).findLast((part) => part !== '') ?? key };
}

/** What nobody asked for (the self-check) counts in no quota, and lets everybody else go first. */
export function claimOf(id: string, planned: Planned, { by, workflow, hidden }: RunOrigin): Claim {
  const { policy, compiled, quotas } = planned;
  const { fields } = policy;
  const needs = { id, memory: compiled.options.memory, cpu: fields['resources.cpu'].value };
  if (hidden) return { ...needs, project: '', groups: [], priority: 'low' };
  const project = projectOf(planned, by);
  const groups = groupsOf(quotas, {
    policy: policy.name,
    project,
    workflow: workflow && { key: workflow.id, name: workflow.workflow },
  });
  return { ...needs, project: project.key, groups, priority: fields['quota.priority'].value };
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
