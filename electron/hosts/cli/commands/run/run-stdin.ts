/** Our stdin becomes the script's, piece by piece, as fast as the script reads. */
import { createReadStream } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import type { RunsApi } from '#core/core.ts';
import { UsageError } from '../../messages.ts';
import type { InputStream } from '../../world.ts';

/** The stream that `--stdin` names: a file, or our own stdin for `-` and when it is absent. */
export async function openStdin(named: string | undefined, own: InputStream): Promise<InputStream> {
  if (named === undefined || named === '-') return own;
  const file = createReadStream(named);
  const opened = Promise.withResolvers<void>();
  file.once('open', () => opened.resolve());
  file.once('error', () =>
    opened.reject(new UsageError(`The file ${named} for stdin cannot be read.`, 'Check its path and its rights.')),
  );
  await opened.promise;
  return file;
}

/** Forwards until the source ends or the signal aborts. A script that no longer reads ends it quietly. */
export async function forwardStdin(
  runs: Pick<RunsApi, 'stdin'>,
  id: string,
  source: InputStream,
  signal: AbortSignal,
): Promise<void> {
  const decoder = new StringDecoder('utf8');
  const stop = (): unknown => source.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const piece of source) {
      if (signal.aborted) return;
      await runs.stdin(id, decoder.write(piece as Buffer), false);
    }
    if (!signal.aborted) await runs.stdin(id, decoder.end(), true);
  } catch {
    // The script has ended, or reads no more, or our own stdin broke: the run goes on without it.
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
