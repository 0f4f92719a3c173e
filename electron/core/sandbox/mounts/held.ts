/** A folder of this machine, opened: what was checked is what is held, whatever happens to its path. */
import { constants } from 'node:fs';
import { open, readlink, realpath, type FileHandle } from 'node:fs/promises';

/** Linux only: names a place without reading it, so that no permission is needed (open(2)). Node.js has no constant for it. */
const O_PATH = 0x20_0000;

export interface Held {
  /** Real path at the moment when it was opened. */
  readonly path: string;
  readonly kind: 'folder' | 'file' | 'other';
  readonly device: bigint;
  readonly inode: bigint;
  readonly handle: FileHandle;
}

/** Opens what `path` leads to, links followed, and tells where that really is. Rejects with the system's error. */
export async function hold(path: string): Promise<Held> {
  const linux = process.platform === 'linux';
  const first = await realpath(path);
  const handle = await open(first, (linux ? O_PATH : constants.O_RDONLY | constants.O_NONBLOCK) | constants.O_NOFOLLOW);
  try {
    const facts = await handle.stat({ bigint: true });
    // A folder above may have become a link between the two calls, so the path is asked of what was opened.
    const now = linux ? await readlink(`/proc/self/fd/${handle.fd}`) : await realpath(path);
    const kind = facts.isDirectory() ? 'folder' : facts.isFile() ? 'file' : 'other';
    return { path: now, kind, device: facts.dev, inode: facts.ino, handle };
  } catch (failure) {
    await handle.close();
    throw failure;
  }
}
