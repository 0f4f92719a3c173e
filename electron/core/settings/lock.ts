/** A lock file, so that two processes change one file one after the other. */
import { open, readFile, rm, stat } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '#shared/lib/app-error.ts';

const TRY_EVERY_MS = 25;
const GIVE_UP_MS = 5000;
/** A write takes milliseconds; a lock this old belongs to a process that hangs or died. */
const STALE_MS = 3000;

async function abandoned(path: string): Promise<boolean> {
  try {
    const [content, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    if (Date.now() - mtimeMs > STALE_MS) return true;
    const pid = Number(content);
    if (!Number.isInteger(pid) || pid <= 0) return false;
    process.kill(pid, 0);
    return false;
  } catch (failure) {
    return (failure as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Runs `work` while no other process holds `path`. Throws AppError `storage` when the lock cannot be had in 5 s; `what` is what it says is locked. */
export async function withLock<T>(path: string, work: () => Promise<T>, what = 'The settings are'): Promise<T> {
  const until = Date.now() + GIVE_UP_MS;
  for (;;) {
    try {
      const file = await open(path, 'wx', 0o600);
      try {
        await file.writeFile(String(process.pid));
      } finally {
        await file.close();
      }
      break;
    } catch (failure) {
      if ((failure as NodeJS.ErrnoException).code !== 'EEXIST') throw failure;
    }
    if (await abandoned(path)) await rm(path, { force: true });
    else if (Date.now() > until)
      throw new AppError({
        code: 'storage',
        message: `${what} locked by another program.`,
        why: 'It holds the lock file for more than 5 s.',
        next: `Close the other Bellglass, or delete ${path}.`,
      });
    else await wait(TRY_EVERY_MS);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}
