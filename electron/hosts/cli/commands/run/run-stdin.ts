/** Our stdin becomes the script's, piece by piece, as fast as the script reads. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import type { RunsApi } from '#core/core.ts';
import { UsageError } from '../../messages.ts';
import type { InputStream } from '../../world.ts';

/** The stream that `--stdin` names: a file, or our own stdin for `-` and when it is absent. */
export async function openStdin(named: string | undefined, own: InputStream): Promise<InputStream> {
  if (named === undefined || named === '-') return own;
  const facts = await stat(named).catch(() => null);
  if (facts?.isDirectory() === true)
    throw new UsageError(`${named} for stdin is a folder.`, 'Give a file, or - for our own stdin.');
  const file = createReadStream(named);
  const opened = Promise.withResolvers<void>();
  file.once('open', () => opened.resolve());
  file.once('error', () =>
    opened.reject(new UsageError(`The file ${named} for stdin cannot be read.`, 'Check its path and its rights.')),
  );
  await opened.promise;
  return file;
}

const CTRL_C = 3;
/** How often a person presses Ctrl+C to be rid of a script that does not heed it, and within which time, ms. */
const INSIST = { times: 3, withinMs: 1000 } as const;

/**
 * On a terminal of its own a script gets each Ctrl+C itself, and may ignore it. The result is told what was typed, and
 * calls `stop` when that was Ctrl+C three times within a second. `now`: milliseconds.
 */
export function insistence(now: () => number, stop: () => void): (piece: Uint8Array) => void {
  let pressed: number[] = [];
  return (piece) => {
    for (const byte of piece) pressed = byte === CTRL_C ? [...pressed, now()].slice(-INSIST.times) : [];
    const [first = 0] = pressed;
    if (pressed.length === INSIST.times && now() - first <= INSIST.withinMs) stop();
  };
}

/**
 * Forwards until the source ends or the signal aborts; a source that breaks has ended. A script that no longer reads ends
 * it quietly. `heard` is told each piece.
 */
export async function forwardStdin(
  runs: Pick<RunsApi, 'stdin'>,
  id: string,
  source: InputStream,
  signal: AbortSignal,
  heard: (piece: Uint8Array) => void = () => undefined,
): Promise<void> {
  const decoder = new StringDecoder('utf8');
  const stop = (): unknown => source.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const piece of source) {
      if (signal.aborted) return;
      heard(piece as Buffer);
      await runs.stdin(id, decoder.write(piece as Buffer), false);
    }
  } catch {
    // The script has ended, or reads no more, or our own stdin broke: what reads must not wait for more.
  } finally {
    if (!signal.aborted) await runs.stdin(id, decoder.end(), true).catch(() => undefined);
    signal.removeEventListener('abort', stop);
  }
}
