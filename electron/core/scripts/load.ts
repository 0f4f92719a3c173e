/** Reads a script or a folder from disk into a launch; nothing in it is run, followed outside or waited for (RUN-1). */
import { constants } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { LAUNCH_LIMITS } from '#shared/contract/runs.ts';
import type { Launch } from '#shared/contract/runs.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { showName, showShort } from '#shared/script/display.ts';
import { normalPath } from '#shared/script/paths.ts';
import { size } from '#shared/script/refuse.ts';
import { findEntry } from './entry.ts';
import { findProject } from './project.ts';
import { walk } from './walk.ts';

/** What a path holds, ready for a launch. */
export interface LoadedLaunch {
  readonly name: string;
  readonly entry: string;
  readonly files: Launch['files'];
  /** The project file that is nearest to the script; absent without one. */
  readonly project?: NonNullable<Launch['project']>;
  /** Absolute folder that the script, or the launched folder itself, is; relative mounts begin there. */
  readonly folder: string;
  /** What was left out and why, one sentence each. */
  readonly notes: readonly string[];
}

/** Reads a file, or a folder with its entry (`entry`, else one of the usual names). Sizes are checked before anything is read. */
export async function loadLaunch(path: string, options: { entry?: string } = {}): Promise<LoadedLaunch> {
  if (path.includes('\0'))
    throw refusal(
      `${showShort(path, 120)} is no path.`,
      'It has a NUL character.',
      'Give the path of a script or a folder.',
    );
  const full = resolve(path);
  const name = showName(basename(full)) || '/';
  const found = await look(full);
  if (found.isDirectory()) return loadFolder(full, name, options.entry);
  if (options.entry !== undefined && options.entry !== basename(full)) {
    throw refusal(
      `${name} is a file, so it has no other entry.`,
      'An entry is chosen inside a folder.',
      'Leave the entry out, or give the folder.',
    );
  }
  checkKind(found, full);
  if (found.size > LAUNCH_LIMITS.files) throw tooLarge(name, found.size);
  const bytes = await readSafely(full, LAUNCH_LIMITS.files);
  const entry = basename(full);
  return {
    name,
    entry,
    files: [{ path: entry, content: bytes.toString('base64'), executable: (found.mode & 0o111) !== 0 }],
    ...(await projectOf(full, dirname(await attempt(full, () => realpath(full))))),
    notes: [],
  };
}

async function loadFolder(root: string, name: string, chosen: string | undefined): Promise<LoadedLaunch> {
  const { found, notes } = await attempt(root, () => walk(root));
  if (found.length > LAUNCH_LIMITS.fileCount) {
    throw refusal(
      `${name} has more than ${LAUNCH_LIMITS.fileCount} files.`,
      'All files are sent into the sandbox before the script starts.',
      'Launch a smaller folder: leave out dependencies and build results.',
    );
  }
  const total = found.reduce((sum, file) => sum + file.size, 0);
  if (total > LAUNCH_LIMITS.files) throw tooLarge(name, total);
  const files: Launch['files'] = [];
  let left = LAUNCH_LIMITS.files;
  const contents = new Map<string, Uint8Array>();
  for (const file of found) {
    const bytes = await readSafely(file.full, left);
    left -= bytes.length;
    contents.set(file.path, bytes);
    files.push({ path: file.path, content: bytes.toString('base64'), executable: file.executable });
  }
  const entry = chosen === undefined ? findEntry(name, contents, notes) : normalPath(chosen, 'entry');
  if (!contents.has(entry)) {
    throw refusal(
      `${name} has no file ${showShort(entry, 80)}.`,
      'It was not found among the files of the folder.',
      'Give a path inside the folder, like `src/main.py`.',
    );
  }
  return { name, entry, files, ...(await projectOf(root, root)), notes };
}

async function projectOf(full: string, folder: string): Promise<Pick<LoadedLaunch, 'project' | 'folder'>> {
  const project = await attempt(full, () => findProject(folder));
  return project === null ? { folder } : { folder, project };
}

async function look(full: string): Promise<Stats> {
  return attempt(full, () => stat(full));
}

function checkKind(found: Stats, full: string): void {
  if (found.isFile()) return;
  const kind = found.isFIFO()
    ? 'a named pipe'
    : found.isSocket()
      ? 'a socket'
      : found.isCharacterDevice() || found.isBlockDevice()
        ? 'a device'
        : 'no ordinary file';
  throw refusal(
    `${showName(full)} is ${kind}, not a script.`,
    'Bellglass reads ordinary files and folders only, so that it never waits for another program.',
    'Save the content to a file and give that.',
  );
}

/** Reads at most `limit` bytes; what is opened is looked at again, because the path may have changed since. */
async function readSafely(full: string, limit: number): Promise<Buffer> {
  return attempt(full, async () => {
    const handle = await open(full, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const now = await handle.stat();
      checkKind(now, full);
      if (now.size > limit) throw tooLarge(showName(basename(full)), now.size);
      const chunks: Buffer[] = [];
      let length = 0;
      for (;;) {
        // Files of /proc say that they are empty, and a file may grow while it is read.
        const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(64 * 1024), 0, 64 * 1024, null);
        if (bytesRead === 0) break;
        length += bytesRead;
        if (length > limit) throw tooLarge(showName(basename(full)), length);
        chunks.push(buffer.subarray(0, bytesRead));
      }
      return Buffer.concat(chunks, length);
    } finally {
      await handle.close();
    }
  });
}

const REASONS: Readonly<Record<string, readonly [why: string, next: string]>> = {
  ENOENT: ['There is no such file or folder.', 'Check the path.'],
  ENOTDIR: ['A part of the path is a file, not a folder.', 'Check the path.'],
  EACCES: ['This user may not read it.', 'Make it readable (`chmod u+r`), or copy it to a place of yours.'],
  EPERM: ['This user may not read it.', 'Make it readable (`chmod u+r`), or copy it to a place of yours.'],
  ELOOP: ['Its links lead round in a circle.', 'Give the real path.'],
  ENAMETOOLONG: ['The path is longer than the system allows.', 'Check the path.'],
  EMFILE: ['This computer has too many files open.', 'Close some programs and try again.'],
  EIO: ['The disk reported an error.', 'Check the disk, or copy the file to another one.'],
};

async function attempt<T>(full: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const [why, next] = REASONS[code] ?? [
      `The system said: ${error instanceof Error ? error.message : String(error)}.`,
      'Check the path and try again.',
    ];
    throw new AppError(
      { code: 'input-invalid', message: `${showName(full)} cannot be read.`, why, next, details: String(error) },
      { cause: error },
    );
  }
}

function refusal(message: string, why: string, next: string): AppError {
  return new AppError({ code: 'input-invalid', message, why, next });
}

function tooLarge(name: string, bytes: number): AppError {
  return refusal(
    `${name} is ${size(bytes)}, more than ${size(LAUNCH_LIMITS.files)}.`,
    'All files are sent into the memory of the sandbox before the script starts.',
    'Leave out data that the script does not need, or let it read the rest from stdin.',
  );
}
