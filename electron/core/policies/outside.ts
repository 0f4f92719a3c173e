/** Tells changes of policy files that others made from our own (AUD-1). */
import type { PolicyChange, PolicyFolder } from './folder.ts';

/** A file was written (its new SHA-256) or taken away (null) by another program. */
export type ToldOutside = (name: string, revision: string | null) => void;

export interface OutsideWatch {
  /** Does our own work on these policies; what changes of them meanwhile is ours. */
  ours<T>(names: readonly string[], work: () => Promise<T>): Promise<T>;
}

/** What is there when the folder is read for the first time is no change. */
export function watchOutside(folder: PolicyFolder, tell: ToldOutside): OutsideWatch {
  const known = new Map<string, string>();
  const acting = new Map<string, number>();
  folder.onChange((change: PolicyChange) => {
    const name = change.type === 'changed' ? change.entry.name : change.name;
    const revision = change.type === 'changed' ? change.entry.revision : null;
    const before = known.get(name);
    if (revision === null) known.delete(name);
    else known.set(name, revision);
    if (folder.complete && !acting.has(name) && before !== (revision ?? undefined)) tell(name, revision);
  });
  return {
    async ours(names, work) {
      for (const name of names) acting.set(name, (acting.get(name) ?? 0) + 1);
      try {
        return await work();
      } finally {
        for (const name of names) {
          const left = (acting.get(name) ?? 1) - 1;
          if (left === 0) acting.delete(name);
          else acting.set(name, left);
        }
      }
    },
  };
}
