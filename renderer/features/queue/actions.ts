/** What can be done to runs that wait (RUN-8). */
import type { RunSummary } from '#shared/domain/run.ts';
import type { Client } from '../../rpc/client.ts';
import { count } from '../../show/format.ts';
import { attempt } from '../../state/client.tsx';
import { ask } from '../../ui/layers/dialog.tsx';
import { useRuns } from '../../state/runs.ts';
import { moveTo } from './order.ts';

/** Moves one in the queue as it stands now; does nothing where it cannot move. */
export async function moveRun(client: Client, id: string, where: Parameters<typeof moveTo>[2]): Promise<void> {
  const before = moveTo(useRuns.getState().queue, id, where);
  if (before !== undefined) await attempt(client.runs.reorder({ id, before }));
}

/** Takes one out of the queue. */
export async function cancelRun(client: Client, id: string): Promise<void> {
  await attempt(client.runs.stop({ id }));
}

/** Takes all that wait out of the queue, after asking; what runs goes on. */
export async function cancelWaiting(client: Client, waiting: readonly RunSummary[]): Promise<void> {
  const sure = await ask({
    title: `Cancel ${count(waiting.length, 'waiting run')}?`,
    text: 'They do not start. Runs that have begun go on.',
    action: 'Cancel them',
    destructive: true,
  });
  if (!sure) return;
  // The last ones first: none comes to its turn meanwhile.
  const stops = waiting.toReversed().map(({ id }) => client.runs.stop({ id }));
  await attempt(Promise.all(stops), `${count(waiting.length, 'run')} taken out of the queue.`);
}
