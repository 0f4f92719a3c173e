/** Files that the app is asked to open: at its start, by a second start, by the system. */
import type { Log } from '#core/storage/log.ts';
import { loadOpened } from '#core/scripts/workflow.ts';
import { toAppError } from '#shared/lib/app-error.ts';
import type { Opened } from '#core/rpc/router.ts';

/** The path among the arguments: what follows `--`, else the last one that is no option and not the app itself. */
export function fileAmong(argv: readonly string[], packaged: boolean): string | null {
  const dashes = argv.indexOf('--');
  if (dashes >= 0) return argv[dashes + 1] ?? null;
  if (!packaged) return null;
  return argv.slice(1).findLast((argument) => !argument.startsWith('-')) ?? null;
}

export interface Opening {
  readonly put: (opened: Opened) => void;
  /** Shows the window and lets its page ask for what was put. */
  readonly show: () => void;
  /** Tells the person that a file cannot be opened. */
  readonly fail: (title: string, text: string) => void;
  readonly log: Log;
}

/** Reads the file and offers it to the page; nothing runs. */
export async function openFile(path: string, { put, show, fail, log }: Opening): Promise<void> {
  try {
    put(await loadOpened(path));
    show();
  } catch (thrown) {
    const { message, why, next } = toAppError(thrown);
    log.warn('a file could not be opened', { why });
    fail(message, [why, next].filter(Boolean).join('\n'));
  }
}
