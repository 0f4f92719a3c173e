/** Notices changes in a folder: told by the system where it can, and looked for slowly everywhere (POL-4). */
import { watch as watchFolder, type FSWatcher } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { performance } from 'node:perf_hooks';

/** Between being told and looking, so that one save is one look. */
const GATHER_MS = 50;
/** Between two looks at everything where the system does not tell; with the look itself below one second. */
const UNTOLD_MS = 800;
/** Where the system tells, looks only catch what it missed. */
const TOLD_MS = 10_000;
/** A look at everything uses at most this share of one core, unless that would mean waiting too long. */
const SHARE = 1 / 250;
const LONGEST_MS = 15_000;
/** More names than this at once are cheaper to look at together. */
const NAMES_LIMIT = 50;

export interface FolderWatch {
  dispose(): Promise<void>;
}

export interface FolderEyes {
  /** Looks at these files. */
  some(files: readonly string[]): Promise<void>;
  /** Looks at everything. */
  all(): Promise<void>;
}

/** Calls `eyes` whenever something may have changed, one call at a time, until disposed of. A folder may come and go. */
export function watchChanges(folder: string, eyes: FolderEyes): FolderWatch {
  const dirty = new Set<string>();
  let watcher: FSWatcher | null = null;
  let watched = '';
  let everything = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let due = 0;
  let ended = false;
  let looking: Promise<void> = Promise.resolve();

  const plan = (ms: number): void => {
    if (ended) return;
    const at = performance.now() + ms;
    if (timer !== undefined && due <= at) return;
    clearTimeout(timer);
    due = at;
    timer = setTimeout(() => {
      timer = undefined;
      looking = looking.then(lookNow).catch(() => plan(UNTOLD_MS));
    }, ms);
    timer.unref();
  };

  const unwatch = (): void => {
    watcher?.close();
    watcher = null;
    watched = '';
  };

  /** The system watches a folder, not a path: a new folder at the path needs a new watcher. */
  async function rewatch(): Promise<void> {
    const found = await stat(folder).catch(() => null);
    const id = found?.isDirectory() ? `${found.dev}:${found.ino}` : '';
    if (ended || (id === watched && (watcher !== null || id === ''))) return;
    unwatch();
    if (id === '') return;
    try {
      watcher = watchFolder(folder, { persistent: false }, (_event, file) => {
        // The folder's own name: it was moved or deleted.
        if (file === null || file === basename(folder) || dirty.size >= NAMES_LIMIT) everything = true;
        else dirty.add(file);
        plan(GATHER_MS);
      });
      watcher.on('error', unwatch);
      watched = id;
      // What happened between the last look and now was not told.
      everything = true;
    } catch {
      unwatch();
    }
  }

  async function lookNow(): Promise<void> {
    if (ended) return;
    const files = [...dirty];
    dirty.clear();
    if (files.length > 0 && !everything) {
      await eyes.some(files);
      return plan(TOLD_MS);
    }
    await rewatch();
    everything = false;
    const began = performance.now();
    await eyes.all();
    const took = performance.now() - began;
    return plan(Math.max(watcher === null ? UNTOLD_MS : TOLD_MS, Math.min(took / SHARE, LONGEST_MS)));
  }

  plan(0);
  return {
    async dispose() {
      ended = true;
      clearTimeout(timer);
      unwatch();
      await looking;
    },
  };
}
