/** Only one process at a time starts or stops the private engine. The kernel drops the lock of a process that dies. */
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '#shared/lib/app-error.ts';

/** Milliseconds that another process may hold it: a first start on a slow disk. */
const PATIENCE = 90_000;

/** Runs `work` while holding the lock file; waits for whoever has it. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA busy_timeout = 0');
    await take(database);
    return await work();
  } finally {
    database.close();
  }
}

async function take(database: DatabaseSync): Promise<void> {
  for (let waited = 0; ; waited += 50) {
    try {
      database.exec('BEGIN EXCLUSIVE');
      return;
    } catch (problem) {
      if (waited >= PATIENCE) {
        throw new AppError(
          {
            code: 'engine-unreachable',
            message: 'Another Bellglass is busy with the private engine.',
            why: 'It has been starting or stopping it for more than a minute.',
            next: 'Wait or end the other one, then search again.',
          },
          { cause: problem },
        );
      }
      await sleep(50);
    }
  }
}
