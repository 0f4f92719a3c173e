/** `<data>/serve.json`: where the running app is and its token, for its owner's eyes only. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import * as z from 'zod';
import { probe } from './probe.ts';

const stateSchema = z.object({
  pid: z.number().int().positive(),
  port: z.number().int().min(1).max(65535),
  token: z.string().min(1),
});

/** A running app, as another process finds it. */
export type ServeState = z.infer<typeof stateSchema>;

/** Where the state of the app with this data folder is. */
export function statePath(data: string): string {
  return join(data, 'serve.json');
}

/** The address with the token. */
export function urlOf({ port, token }: ServeState): string {
  return `http://127.0.0.1:${port}/#token=${token}`;
}

async function read(data: string): Promise<ServeState | null> {
  try {
    const parsed = stateSchema.safeParse(JSON.parse(await readFile(statePath(data), 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Whether there is such a process, of whichever user. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Says where this app is; readable by the owner only. */
export async function writeState(data: string, state: ServeState): Promise<void> {
  await mkdir(dirname(statePath(data)), { recursive: true, mode: 0o700 });
  await writeFileAtomic(statePath(data), `${JSON.stringify(state)}\n`, { mode: 0o600 });
}

/** Takes the state away, unless another app has written its own since. */
export async function removeState(data: string, pid: number): Promise<void> {
  const state = await read(data);
  if (state === null || state.pid === pid) await rm(statePath(data), { force: true });
}

/**
 * The running app of this data folder, proven by its port taking its token; null when there is none.
 * What an app that was killed left behind is removed.
 */
export async function findRunning(data: string): Promise<ServeState | null> {
  const state = await read(data);
  if (state === null) return null;
  if (alive(state.pid) && (await probe(state.port, state.token))) return state;
  if (!alive(state.pid)) await removeState(data, state.pid);
  return null;
}
