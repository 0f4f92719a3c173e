/** One app of a data folder starts at a time: a second one waits, and finds the first. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { alive, findRunning, type ServeState } from './state-file.ts';

/** Milliseconds after which whoever said that it starts is not believed any more. */
const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 50;

/** Whose turn it is, null when that cannot be read. */
async function holder(path: string): Promise<number | null> {
  const pid = Number(await readFile(path, 'utf8').catch(() => ''));
  return Number.isInteger(pid) && pid > 0 ? pid : null;
}

async function taken(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw failure;
  }
}

/**
 * Waits for the turn to start. Resolves with the app that runs already, or with how to end the turn, which is to be
 * called once the state is written or nothing came of it.
 */
export async function startTurn(data: string): Promise<{ running: ServeState } | { done: () => Promise<void> }> {
  const path = join(data, 'serve.starting');
  await mkdir(data, { recursive: true, mode: 0o700 });
  for (let waited = 0; ; waited += LOOK_EVERY_MS) {
    const running = await findRunning(data);
    if (running !== null) return { running };
    if (await taken(path)) break;
    const pid = await holder(path);
    // One whose name cannot be read is about to write it.
    if ((pid !== null && !alive(pid)) || waited >= PATIENCE_MS) await rm(path, { force: true });
    else await wait(LOOK_EVERY_MS);
  }
  const done = async (): Promise<void> => await rm(path, { force: true });
  // Another one may have got ready between the look and the turn.
  const running = await findRunning(data);
  if (running === null) return { done };
  await done();
  return { running };
}
