/** Looks for sockets in a folder: a script may connect to one even when the folder is read-only. */
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';

/** Entries that are looked at; engines' own sockets are known by path and need no search. */
const MOST = 20_000;

/** Path of the first socket below a folder, links not followed; null when none was seen. */
export async function findSocket(root: string): Promise<string | null> {
  const folders = [root];
  let seen = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = await opendir(folder).catch(() => null);
    if (entries === null) continue;
    for await (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.isSocket()) return path;
      if (entry.isDirectory()) folders.push(path);
      seen += 1;
      if (seen >= MOST) return null;
    }
  }
  return null;
}
