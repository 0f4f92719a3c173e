/** Deletes output and files of old runs, so that the history does not fill the disk (RUN-12): by age, then oldest first by size; pinned runs stay. */
import { readdir, rm, stat } from 'node:fs/promises';
import { removeTaken } from '../exchange/run-files.ts';
import { launchPath, removeLaunch } from './launches.ts';
import { join } from 'node:path';

export interface RetentionDeps {
  /** Where the outputs are, one file `ID.output` each, with `ID.launch` beside it for what it was given and a folder `ID` for what the script gave back. */
  readonly folder: string;
  readonly bytes: number;
  readonly ageMs: number;
  /** Epoch milliseconds. */
  readonly now: number;
  /** A run that still goes on, or that the person pinned. */
  readonly keep: (id: string) => boolean;
}

const SUFFIX = '.output';

async function outputs(folder: string): Promise<{ id: string; path: string; size: number; at: number }[]> {
  const names = await readdir(folder).catch((): string[] => []);
  const found = await Promise.all(
    names
      .filter((name) => name.endsWith(SUFFIX))
      .map(async (name) => {
        const path = join(folder, name);
        const facts = await stat(path).catch(() => null);
        if (!facts?.isFile()) return [];
        const id = name.slice(0, -SUFFIX.length);
        const given = (await stat(launchPath(folder, id)).catch(() => null))?.size ?? 0;
        return [{ id, path, size: facts.size + given + (await sizeOf(join(folder, id))), at: facts.mtimeMs }];
      }),
  );
  return found.flat();
}

/** Bytes of all files below a folder; 0 when there is none. */
async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  let size = 0;
  for (const entry of entries)
    if (entry.isFile()) size += (await stat(join(entry.parentPath, entry.name)).catch(() => null))?.size ?? 0;
  return size;
}

/** Returns the ids of the runs whose output was deleted; their records stay. */
export async function retain({ folder, bytes, ageMs, now, keep }: RetentionDeps): Promise<string[]> {
  const all = (await outputs(folder)).toSorted((a, b) => a.at - b.at);
  let total = all.reduce((sum, one) => sum + one.size, 0);
  const removed: string[] = [];
  for (const one of all) {
    const old = now - one.at > ageMs;
    if ((!old && total <= bytes) || keep(one.id)) continue;
    await rm(one.path, { force: true });
    await removeLaunch(folder, one.id);
    await removeTaken(folder, one.id);
    total -= one.size;
    removed.push(one.id);
  }
  return removed;
}
