/** What the contract's `files` promises, over the folder of all runs. */
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunDetail } from '#shared/contract/runs.ts';
import type { RunData } from '#shared/domain/exchange.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { compareFiles } from '#shared/history/compare-files.ts';
import type { FilesApi } from '../core.ts';
import { sameBytes } from './equal.ts';
import { readResults } from './results.ts';
import { TAKEN_LIMITS } from '#shared/domain/exchange.ts';
import { filesFolder, openTaken } from './run-files.ts';
import { writeZip } from './zip.ts';

export interface FilesDeps {
  /** The folder of all runs. */
  readonly runs: string;
  readonly get: (id: string) => Promise<RunDetail>;
  readonly settled: (id: string) => Promise<void>;
}

const ZIP = 'all.zip';

export function createFiles({ runs, get, settled }: FilesDeps): FilesApi {
  const zipping = new Map<string, Promise<{ size: number }>>();
  const dataOf = async (id: string): Promise<RunData | null> => {
    await get(id);
    await settled(id);
    return (await get(id)).data;
  };
  const needed = async (id: string): Promise<RunData> => {
    const data = await dataOf(id);
    if (data && data.files.length > 0) return data;
    throw new AppError({
      code: 'input-invalid',
      message: 'This run gave no files back.',
      next: 'Write files to /workspace/output in the script.',
    });
  };
  const zip = async (id: string): Promise<{ size: number }> => {
    const { files } = await needed(id);
    const path = join(filesFolder(runs, id), ZIP);
    const there = await stat(path).catch(() => null);
    return { size: there?.size ?? (await writeZip(path, files, (file) => openTaken(runs, id, files, file))) };
  };
  return {
    list: dataOf,
    async results(id) {
      const data = await dataOf(id);
      if (!data) return null;
      return {
        ...data,
        ...(await readResults((path) => openTaken(runs, id, data.files, path), data.files, TAKEN_LIMITS.json)),
      };
    },
    async read(id, path, from, length) {
      const { files } = await needed(id);
      const handle =
        path === null
          ? await zip(id).then(() => open(join(filesFolder(runs, id), ZIP)))
          : await openTaken(runs, id, files, path);
      try {
        const { size } = await handle.stat();
        const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - from)));
        let at = 0;
        while (at < bytes.length) {
          const { bytesRead } = await handle.read(bytes, at, bytes.length - at, from + at);
          if (bytesRead === 0) break;
          at += bytesRead;
        }
        return { bytes: bytes.subarray(0, at), size };
      } finally {
        await handle.close();
      }
    },
    async compare(a, b) {
      const [one, other] = [(await dataOf(a))?.files ?? [], (await dataOf(b))?.files ?? []];
      return await compareFiles(one, other, async (path) => {
        try {
          await using left = await openTaken(runs, a, one, path);
          await using right = await openTaken(runs, b, other, path);
          return await sameBytes(left, right);
        } catch {
          return null;
        }
      });
    },
    async zip(id) {
      const going = zipping.get(id) ?? zip(id).finally(() => zipping.delete(id));
      zipping.set(id, going);
      return await going;
    },
  };
}
