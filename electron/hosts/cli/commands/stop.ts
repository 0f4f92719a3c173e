/** `bellglass stop`: ends the running app of this data folder. */
import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '#shared/lib/app-error.ts';
import { findRunning, removeState } from '../../web/state-file.ts';
import { EXIT } from '../exit-codes.ts';
import { printJson } from '../messages.ts';
import type { Outputs } from '../messages.ts';
import type { World } from '../world.ts';

const PATIENCE_MS = 20_000;

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Sends TERM to the app once it has proven to be ours, and waits for its end. */
export async function stop(world: World, outputs: Outputs, { json = false }: { json?: boolean }): Promise<number> {
  const running = await findRunning(world.paths.data);
  if (running === null) {
    if (json) await printJson(outputs.stdout, { stopped: false });
    else await outputs.stderr.write('Bellglass is not running.\n');
    return EXIT.ok;
  }
  const { pid } = running;
  process.kill(pid, 'SIGTERM');
  for (const began = world.now(); alive(pid); await wait(50)) {
    if (world.now() - began > PATIENCE_MS) {
      throw new AppError({
        code: 'internal',
        message: `Bellglass (process ${pid}) did not end within 20 s.`,
        why: 'It may be waiting for its container engine.',
        next: `End it with \`kill -9 ${pid}\`; what it left is removed at the next start.`,
      });
    }
  }
  await removeState(world.paths.data, pid);
  if (json) await printJson(outputs.stdout, { stopped: true, pid });
  else await outputs.stderr.write('Bellglass has ended.\n');
  return EXIT.ok;
}
