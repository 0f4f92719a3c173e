/** `bellglass queue`: what waits in the running app, and steering it (RUN-8). */
import { askQueues, tellRun, type QueueRequest } from '#core/control/control.ts';
import type { QueuedRunLine } from '#shared/contract/queue.ts';
import { formatDuration } from '#shared/lib/units.ts';
import { EXIT } from '../exit-codes.ts';
import { printJson, type Outputs } from '../messages.ts';
import { oneLine } from '../output.ts';
import type { World } from '../world.ts';

/** Next one first; an empty queue is no error. */
export async function queueList(world: World, outputs: Outputs, { json = false }: { json?: boolean }): Promise<number> {
  const waiting = await askQueues(world.paths.data);
  if (waiting.length === 0 && !json) await outputs.stderr.write('Nothing waits.\n');
  for (const [at, run] of waiting.entries()) {
    if (json) await printJson(outputs.stdout, { ...run, place: at + 1 });
    else await outputs.stdout.write(`${oneLine(queueLine(at + 1, run, Date.now()))}\n`);
  }
  return EXIT.ok;
}

/** As a person reads it; `now` in epoch milliseconds. */
export function queueLine(
  place: number,
  { id, name, policy, waitsFor, createdAt }: QueuedRunLine,
  now: number,
): string {
  const since = formatDuration(Math.max(0, Math.round((now - createdAt) / 1000) * 1000));
  return `${place}. ${id}  ${name}  ${policy}  for ${since}: waits for ${waitsFor}`;
}

export async function queueSteer(
  world: World,
  outputs: Outputs,
  queue: QueueRequest['queue'],
  run: string,
  { json = false }: { json?: boolean },
): Promise<number> {
  await tellRun(world.paths.data, { queue, run: run.toLowerCase() });
  if (json) await printJson(outputs.stdout, { [queue]: run });
  else await outputs.stderr.write(queue === 'front' ? 'It starts next.\n' : 'It was taken out of the queue.\n');
  return EXIT.ok;
}
