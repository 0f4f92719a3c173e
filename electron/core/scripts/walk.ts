/** The files of a folder, looked at but not read. */
import { opendir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { LAUNCH_LIMITS } from '#shared/contract/runs.ts';
import { showName } from '#shared/script/display.ts';

export interface FoundFile {
  /** Relative, `/` as separator. */
  readonly path: string;
  /** What to open: for a link inside the folder, what it leads to. */
  readonly full: string;
  /** Bytes. */
  readonly size: number;
  readonly executable: boolean;
}

/** Folders that hold what can be fetched again, or a history that no script needs. */
const SKIPPED: readonly string[] = ['.git', 'node_modules', '.venv', '__pycache__'];
const DEPTH_LIMIT = 32;
/** A folder with more than this many notes says how many more there are. */
const NOTE_LIMIT = 20;

/**
 * Lists files in name order, stops soon after the limit on their number, and notes everything that it leaves out:
 * skipped folders, links that lead outside or to folders, pipes, sockets, devices, unreadable names.
 */
export async function walk(start: string): Promise<{ found: FoundFile[]; notes: string[] }> {
  const root = await realpath(start);
  const found: FoundFile[] = [];
  const notes: string[] = [];
  const skipped = new Set<string>();
  let silent = 0;
  const note = (text: string): void => {
    if (notes.length < NOTE_LIMIT) notes.push(text);
    else silent += 1;
  };

  async function folder(relative: string, depth: number): Promise<void> {
    const names: { name: string; kind: 'file' | 'folder' | 'link' | 'other' }[] = [];
    for await (const item of await opendir(join(root, relative))) {
      if (found.length + names.length > LAUNCH_LIMITS.fileCount * 2) break;
      names.push({
        name: item.name,
        kind: item.isFile() ? 'file' : item.isDirectory() ? 'folder' : item.isSymbolicLink() ? 'link' : 'other',
      });
    }
    for (const { name, kind } of names.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      if (found.length > LAUNCH_LIMITS.fileCount) return;
      const path = relative === '' ? name : `${relative}/${name}`;
      const shown = showName(path);
      if (name.includes('\ufffd')) note(`${shown} was left out: its name is not valid UTF-8.`);
      else if (kind === 'folder' && SKIPPED.includes(name)) skipped.add(name);
      else if (kind === 'folder' && depth >= DEPTH_LIMIT)
        note(`${shown} was left out: it is more than ${DEPTH_LIMIT} folders deep.`);
      else if (kind === 'folder') await folder(path, depth + 1);
      else if (kind === 'other') note(`${shown} was left out: it is a pipe, a socket or a device.`);
      else if (kind === 'link') await link(path, shown);
      else await file(path, join(root, path));
    }
  }

  async function file(path: string, full: string): Promise<void> {
    const facts = await stat(full);
    found.push({ path, full, size: facts.size, executable: (facts.mode & 0o111) !== 0 });
  }

  async function link(path: string, shown: string): Promise<void> {
    const target = await realpath(join(root, path)).catch(() => null);
    if (target === null) return note(`${shown} was left out: it is a link that leads nowhere.`);
    if (!target.startsWith(root + sep))
      return note(`${shown} was left out: it is a link that leads out of the folder.`);
    const facts = await stat(target);
    if (!facts.isFile()) return note(`${shown} was left out: it is a link to something that is not a file.`);
    return file(path, target);
  }

  await folder('', 0);
  if (skipped.size > 0) notes.push(`Left out: ${[...skipped].toSorted().join(', ')}.`);
  if (silent > 0) notes.push(`${silent} more were left out.`);
  return { found, notes };
}
