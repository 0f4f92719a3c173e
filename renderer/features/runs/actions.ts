/** What can be done to runs from outside their own view. */
import type { RunSummary } from '#shared/domain/run.ts';
import type { Client } from '../../rpc/client.ts';
import { count } from '../../show/format.ts';
import { attempt } from '../../state/client.tsx';
import { ask } from '../../ui/layers/dialog.tsx';
import { toast } from '../../ui/layers/toast.tsx';

/** Stops every run, after asking. `open`: how many are queued or go on. */
export async function stopAllRuns(client: Client, open: number): Promise<void> {
  const sure = await ask({
    title: `Stop ${count(open, 'run')}?`,
    text: 'Scripts get two seconds to end by themselves. Queued runs do not start. What was recorded is kept.',
    action: 'Stop all',
    destructive: true,
  });
  if (!sure) return;
  await attempt(client.runs.stopAll().then(({ stopped }) => toast(`${count(stopped, 'run')} stopped.`)));
}

/** Stops one run. */
export function stopRun(client: Client, run: RunSummary): Promise<boolean> {
  return attempt(client.runs.stop({ id: run.id }));
}

/** Removes what was recorded of a finished run, after asking. */
export async function removeRun(client: Client, run: RunSummary): Promise<void> {
  const sure = await ask({
    title: `Remove the run of ${run.name}?`,
    text: 'Its output, charts and verdict are deleted from this computer. This cannot be undone.',
    action: 'Remove',
    destructive: true,
  });
  if (sure) await attempt(client.runs.remove({ id: run.id }), `The run of ${run.name} was removed.`);
}
