/** Deletes output of old runs, so that the history does not fill the disk (RUN-12): by age, then oldest first by size; pinned runs stay. */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface RetentionDeps {
  /** Where the outputs are, one file `ID.output` each. */
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
        return [{ id: name.slice(0, -SUFFIX.length), path, size: facts.size, at: facts.mtimeMs }];
      }),
  );
  return found.flat();
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
    total -= one.size;
    removed.push(one.id);
  }
  return removed;
}
