/**
 * The files that came out of one run, on this computer's disk: numbered, in a folder of their own, so that no name a
 * script chose is ever a path here. Which number belongs to which path is in the run's record.
 */
import { constants } from 'node:fs';
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { TakenFile } from '#shared/domain/exchange.ts';
import { AppError } from '#shared/lib/app-error.ts';

const NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
const OLD = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);

/** Where a run's files are, below the folder of all runs. */
export function filesFolder(runs: string, id: string): string {
  return join(runs, id);
}

/** A run's folder while files land in it. */
export class Landing {
  readonly #files: string;
  #next = 0;

  private constructor(files: string) {
    this.#files = files;
  }

  /** Makes the folder, which must not be there yet; throws what the disk says. */
  static async make(runs: string, id: string): Promise<Landing> {
    const folder = filesFolder(runs, id);
    await mkdir(runs, { recursive: true, mode: 0o700 });
    await mkdir(folder, { mode: 0o700 });
    const files = join(folder, 'files');
    await mkdir(files, { mode: 0o700 });
    return new Landing(files);
  }

  /** The next file; its number is counted up only when `keep` says so. */
  async file(): Promise<{ write(piece: Uint8Array): Promise<void>; keep(): Promise<void>; drop(): Promise<void> }> {
    const path = join(this.#files, String(this.#next));
    const handle = await open(path, NEW, 0o600);
    return {
      write: async (piece) => {
        for (let at = 0; at < piece.length;) at += (await handle.write(piece, at)).bytesWritten;
      },
      keep: async () => {
        await handle.close();
        this.#next++;
      },
      drop: async () => {
        await handle.close().catch(() => {});
        await rm(path, { force: true });
      },
    };
  }
}

/** Opens the file that came from `path`. Throws AppError `input-invalid` when there is none, `storage` when it was deleted. */
export async function openTaken(
  runs: string,
  id: string,
  files: readonly TakenFile[],
  path: string,
): Promise<FileHandle> {
  const number = files.filter(({ type }) => type === 'file').findIndex((file) => file.path === path);
  if (number < 0)
    throw new AppError({
      code: 'input-invalid',
      message: 'This run gave no such file back.',
      next: 'Choose one from its list of files.',
    });
  try {
    return await open(join(filesFolder(runs, id), 'files', String(number)), OLD);
  } catch (cause) {
    throw new AppError(
      {
        code: 'storage',
        message: 'This file is not kept any more.',
        why: 'Files of old runs are deleted to make room; the settings say how long they are kept.',
        next: 'Run it again, or pin runs whose files you want to keep.',
        details: String(cause),
      },
      { cause },
    );
  }
}

/** Deletes everything that came out of a run. */
export async function removeTaken(runs: string, id: string): Promise<void> {
  await rm(filesFolder(runs, id), { recursive: true, force: true });
}
