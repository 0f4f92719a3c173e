/** The data folder: made for its owner only, or refused with what to do. */
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '#shared/lib/app-error.ts';

/**
 * Makes a folder and what is missing above it, one level at a time from the nearest one that is there:
 * a file system that denies that a parent exists (/proc) would keep a recursive mkdir busy for ever.
 * Throws AppError `storage` when it cannot be made or written.
 */
export function makeFolder(path: string): void {
  const missing: string[] = [];
  for (let at = path; !existsSync(at) && dirname(at) !== at; at = dirname(at)) missing.push(at);
  try {
    for (const folder of missing.toReversed()) mkdirSync(folder, { mode: 0o700 });
    accessSync(path, constants.W_OK);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST' && existsSync(path)) return;
    throw new AppError(
      {
        code: 'storage',
        message: 'The folder for Bellglass’ data cannot be used.',
        why: (cause as Error).message,
        next: `Make ${path} writable, or point BELLGLASS_HOME at a folder that is.`,
      },
      { cause },
    );
  }
}
