/** What is put into a sandbox and looked at in it before a script comes: copies of folders, decoys, the very folders that were checked. */
import { AppError } from '#shared/lib/app-error.ts';
import type { Exec } from '../engine/port.ts';
import { CANARY_PATHS, canaryEntries } from './canaries.ts';
import type { Expected } from './mounts/index.ts';
import { encodeEntries, type Entry } from './payload.ts';
import { answer, write } from './waiter-link.ts';
import type { WardenLink } from './warden-link.ts';

/** A loaded machine may need a hundred times the usual milliseconds. */
const TIMEOUT_MS = 20_000;

/**
 * Compares what lies at each target with what was checked: a folder that was exchanged in between is never shown to a script.
 * Throws AppError `plan-refused`.
 */
export async function verifyMounts(warden: WardenLink, expected: readonly Expected[]): Promise<void> {
  for (const { target, source, device, inode } of expected) {
    const answered = warden.waitFor('stat', TIMEOUT_MS);
    warden.stat(target);
    const found = await answered;
    if (found.path === target && found.device === device && found.inode === inode) continue;
    throw new AppError({
      code: 'plan-refused',
      message: `What was mounted at \`${target}\` is not the folder that was checked.`,
      why: `\`${source}\` was exchanged while the sandbox started, or the engine sees other files than Bellglass does.`,
      next: 'Find out what replaces that folder, then run it again.',
    });
  }
}

/** Has a waiter put entries in place. Throws AppError `container-start`. */
export async function putEntries(waiter: Exec, entries: readonly Entry[]): Promise<void> {
  await Promise.all([write(waiter, encodeEntries(entries)), answer(waiter, /^prepared\r?$/)]);
}

/** Sends the decoys to a waiter that may not be up yet; `placed` resolves when they are there, once its `ready` was read. */
export function sendCanaries(waiter: Exec): { readonly placed: () => Promise<void> } {
  const sent = write(waiter, encodeEntries(canaryEntries()));
  sent.catch(() => {});
  return {
    placed: async () => {
      await Promise.all([sent, answer(waiter, /^prepared\r?$/)]);
    },
  };
}

/** Has the warden watch the decoys; returns why some are not watched, or null. */
export async function guardCanaries(warden: WardenLink): Promise<string | null> {
  const problems: string[] = [];
  const open = new Set(CANARY_PATHS);
  const all = Promise.withResolvers<void>();
  const stop = warden.onReport((report) => {
    if (report.type === 'unguarded') problems.push(report.why);
    if (report.type === 'guarded' || report.type === 'unguarded') open.delete(report.path);
    if (open.size === 0) all.resolve();
  });
  const timer = setTimeout(all.resolve, TIMEOUT_MS);
  for (const path of CANARY_PATHS) warden.guard(path);
  await all.promise;
  clearTimeout(timer);
  stop();
  if (open.size > 0) return 'The warden did not answer.';
  return problems[0] ?? null;
}
