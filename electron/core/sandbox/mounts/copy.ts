/** Reads a folder for an engine that does not share our files: nothing outside it is followed, and its size is bounded (ENG-6). */
import { constants } from 'node:fs';
import { open, readdir, readlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { within } from '#shared/policy/mounts/targets.ts';
import type { Entry } from '../payload.ts';
import type { Held } from './held.ts';

const PAGE = 4096;
const MOST_ENTRIES = 20_000;
const DEPTH = 64;

export interface CopyLimits {
  /** Bytes in pages, as memory counts them. */
  readonly bytes: number;
  /** Files, folders and links. */
  readonly entries: number;
  /** Paths of the container that stay out. */
  readonly blocked: readonly string[];
}

export interface Copied {
  readonly entries: readonly Entry[];
  /** How many could not be read, or are no files, folders or links. */
  readonly leftOut: number;
}

/** Thrown when the folder does not fit; `message` says by what. */
export class TooLarge extends Error {}

/** A name inside a folder that is held open: on Linux nobody can turn the way there aside. */
function below(folder: FileHandle, path: string, name: string): string {
  return process.platform === 'linux' ? `/proc/self/fd/${folder.fd}/${name}` : join(path, name);
}

/** Reads everything below `source` as it will lie below `target`. Throws TooLarge, or the system's error for the folder itself. */
export async function readFolder(source: Held, target: string, limits: CopyLimits): Promise<Copied> {
  const entries: Entry[] = [];
  let left = limits.bytes;
  let leftOut = 0;
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

  function take(entry: Entry, bytes: number): void {
    left -= Math.max(PAGE, Math.ceil(bytes / PAGE) * PAGE);
    entries.push(entry);
    if (left < 0) throw new TooLarge(`it is larger than ${limits.bytes} bytes`);
    if (entries.length > Math.min(MOST_ENTRIES, limits.entries))
      throw new TooLarge(`it has more than ${Math.min(MOST_ENTRIES, limits.entries)} files`);
  }

  async function readFile(handle: FileHandle, size: number, path: string, executable: boolean): Promise<void> {
    if (size > left) throw new TooLarge(`it is larger than ${limits.bytes} bytes`);
    const parts: Buffer[] = [];
    let length = 0;
    for (;;) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(64 * 1024), 0, 64 * 1024, null);
      if (bytesRead === 0) break;
      length += bytesRead;
      if (length > left) throw new TooLarge(`it is larger than ${limits.bytes} bytes`);
      parts.push(buffer.subarray(0, bytesRead));
    }
    take({ type: 'file', path, mode: executable ? 0o755 : 0o644, content: Buffer.concat(parts) }, length);
  }

  async function visit(folder: FileHandle, from: string, to: string, depth: number): Promise<void> {
    if (depth > DEPTH) throw new TooLarge(`its folders are more than ${DEPTH} deep`);
    const names = await readdir(below(folder, from, '.')).catch(() => null);
    if (names === null) leftOut += 1;
    for (const name of (names ?? []).toSorted()) {
      const path = `${to}/${name}`;
      if (limits.blocked.some((one) => within(path, one))) continue;
      const place = below(folder, from, name);
      const handle = await open(place, flags).catch(() => null);
      if (handle === null) {
        const link = await readlink(place).catch(() => null);
        if (link === null) leftOut += 1;
        else take({ type: 'link', path, to: link }, 0);
        continue;
      }
      try {
        const facts = await handle.stat();
        if (facts.isDirectory()) {
          take({ type: 'folder', path, mode: 0o755 }, 0);
          await visit(handle, join(from, name), path, depth + 1);
        } else if (facts.isFile()) await readFile(handle, facts.size, path, (facts.mode & 0o111) !== 0);
        else leftOut += 1;
      } finally {
        await handle.close();
      }
    }
  }

  const root = await open(below(source.handle, source.path, '.'), constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await visit(root, source.path, target, 0);
  } finally {
    await root.close();
  }
  return { entries, leftOut };
}
