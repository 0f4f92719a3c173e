/** From a plan to a run of this process that has not begun. */
import { spoolPath } from '../book/run-book.ts';
import { LiveRun } from '../live-run.ts';
import type { Planned } from '../planner.ts';
import { RunRecord } from '../run-record.ts';
import type { RunServiceDeps } from '../service-deps.ts';
import type { KeptRun } from '../queue/kept-queue.ts';
import type { RunOrigin } from '../told.ts';

/** `kept`: who it was in an earlier process. Rejects when its output cannot be kept anywhere. */
export async function openRun(
  { launch, policy, plan, compiled, env }: Planned,
  { hidden, workflow }: RunOrigin,
  { newId, wallNow, spoolFolder, execution }: RunServiceDeps,
  kept?: Pick<KeptRun, 'id' | 'createdAt'>,
): Promise<LiveRun> {
  const id = kept?.id ?? newId().toLowerCase();
  const { name, runtime, args, script } = launch;
  const createdAt = kept?.createdAt;
  const record = new RunRecord({ id, workflow, createdAt, name, runtime, policy, plan, args, script, now: wallNow });
  const path = spoolPath(spoolFolder, id);
  return await LiveRun.open({ record, launch, compiled, env, spoolPath: path, wallNow, hidden }, execution);
}
