/** A database file that cannot be trusted any more: how that is found, and how it is put aside without a byte of it lost. */
import { existsSync, renameSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { DatabaseSync } from 'node:sqlite';

const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;
const SQLITE_BUSY = 5;

/** SQLite's number of what went wrong, without its details; 0 for a failure of something else. */
function codeOf(failure: unknown): number {
  return ((failure as { errcode?: number } | null)?.errcode ?? 0) & 0xff;
}

/** What SQLite throws when the file is not, or not wholly, a database. */
export const isDamage = (failure: unknown): boolean => [SQLITE_CORRUPT, SQLITE_NOTADB].includes(codeOf(failure));
/** What SQLite throws when another program kept it waiting for too long. */
export const isBusy = (failure: unknown): boolean => codeOf(failure) === SQLITE_BUSY;

/** The first thing that is wrong with the pages of a database, or null. Takes about 1 ms for 2 MB. */
export function findDamage(database: DatabaseSync): string | null {
  try {
    const found = (database.prepare('PRAGMA quick_check(1)').get() as { quick_check?: string } | undefined)
      ?.quick_check;
    return found === undefined || found === 'ok' ? null : found;
  } catch (failure) {
    if (isDamage(failure)) return (failure as Error).message;
    throw failure;
  }
}

/** As text: a bundle has no file of its own for it. */
const CHECK = `
const { workerData, parentPort } = require('node:worker_threads');
const { DatabaseSync } = require('node:sqlite');
try {
  const database = new DatabaseSync(workerData, { readOnly: true, timeout: 5000 });
  const { quick_check } = database.prepare('PRAGMA quick_check(1)').get();
  parentPort.postMessage(quick_check === 'ok' ? null : quick_check);
} catch (failure) {
  parentPort.postMessage([${SQLITE_CORRUPT}, ${SQLITE_NOTADB}].includes((failure.errcode ?? 0) & 0xff) ? failure.message : null);
}`;

/** Like {@link findDamage} for a large file, in a thread of its own. What cannot be checked now counts as whole. */
export async function findDamageBeside(path: string, signal: AbortSignal): Promise<string | null> {
  const worker = new Worker(CHECK, { eval: true, workerData: path });
  worker.unref();
  const found = Promise.withResolvers<string | null>();
  const stop = (): void => found.resolve(null);
  signal.addEventListener('abort', stop, { once: true });
  worker.once('message', (message: string | null) => found.resolve(message));
  worker.once('error', stop);
  worker.once('exit', stop);
  try {
    return await found.promise;
  } finally {
    signal.removeEventListener('abort', stop);
    await worker.terminate();
  }
}

const PARTS = ['', '-wal', '-shm'] as const;

/**
 * Renames a closed database with what belongs to it to `NAME.damaged-DAY`; overwrites nothing. Returns its new path.
 * Throws what the system says; then all is where it was.
 */
export function putAside(path: string, now: number): string {
  const day = new Date(now).toISOString().slice(0, 10);
  const free = (name: string): boolean => !PARTS.some((part) => existsSync(name + part));
  let aside = `${path}.damaged-${day}`;
  for (let next = 2; !free(aside); next += 1) aside = `${path}.damaged-${day}-${next}`;
  const moved: string[] = [];
  try {
    // The journals first: a database without them is less than it was, journals without one are nothing.
    for (const part of PARTS.toReversed()) {
      if (!existsSync(path + part)) continue;
      renameSync(path + part, aside + part);
      moved.push(part);
    }
  } catch (failure) {
    for (const part of moved) renameSync(aside + part, path + part);
    throw failure;
  }
  return aside;
}
