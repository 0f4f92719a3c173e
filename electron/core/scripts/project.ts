/** Finds the project file of a script: the nearest `bellglass.yaml` from its real folder upwards (POL-3). */
import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { POLICY_FILE_LIMIT } from '#shared/contract/policies.ts';
import type { Launch } from '#shared/contract/runs.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { showName } from '#shared/script/display.ts';

export const PROJECT_FILE = 'bellglass.yaml';

/** Folders that are looked into, the script's own included. */
const HEIGHT_LIMIT = 64;

function refuse(path: string, why: string, next: string): AppError {
  return new AppError({
    code: 'policy-invalid',
    message: `${showName(path)} cannot be used as a project file.`,
    why,
    next,
  });
}

/** Null when there is none. Never waits: a pipe or a device is opened without waiting and refused. */
async function readHere(path: string): Promise<string | null> {
  try {
    // A link would let a folder pass for another project, so it is not followed.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    try {
      const found = await file.stat();
      if (!found.isFile()) throw refuse(path, 'It is not an ordinary file.', 'Delete it, or put a file in its place.');
      const buffer = Buffer.alloc(POLICY_FILE_LIMIT + 1);
      let length = 0;
      for (;;) {
        const { bytesRead } = await file.read(buffer, length, buffer.length - length, null);
        length += bytesRead;
        if (bytesRead === 0 || length === buffer.length) break;
      }
      if (length > POLICY_FILE_LIMIT)
        throw refuse(
          path,
          `It has more than ${POLICY_FILE_LIMIT / 1024} KiB.`,
          'Take out what is not part of the policy.',
        );
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(buffer.subarray(0, length));
    } finally {
      await file.close();
    }
  } catch (failure) {
    if (failure instanceof AppError) throw failure;
    if (failure instanceof TypeError) throw refuse(path, 'It is not UTF-8 text.', 'Save it as UTF-8.');
    const { code, message } = failure as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    if (code === 'ELOOP') throw refuse(path, 'It is a link.', 'Put the file itself in its place.');
    if (code === 'ENXIO') throw refuse(path, 'It is not an ordinary file.', 'Delete it, or put a file in its place.');
    throw refuse(path, `The system said: ${message}.`, 'Let your user read it, or delete it.');
  }
}

/**
 * From `folder` upwards; neither the home folder nor the root is looked into, since everything lies below them.
 * Throws AppError `policy-invalid` for a project file that cannot be read: what it asks for is unknown.
 */
export async function findProject(
  folder: string,
  home: string = homedir(),
): Promise<NonNullable<Launch['project']> | null> {
  const [start, end] = await Promise.all([realpath(folder), realpath(home).catch(() => home)]);
  let at = start;
  for (let height = 0; height < HEIGHT_LIMIT && at !== end && dirname(at) !== at; height += 1) {
    const path = join(at, PROJECT_FILE);
    const text = await readHere(path);
    if (text !== null) return { path, text };
    at = dirname(at);
  }
  return null;
}
