/** What a script printed last, which its engine may still have. */
import { pause } from '../news.ts';

/**
 * After the script's first process has ended, its last output may take this long, ms: something that it left behind can hold
 * the streams open. Where nothing is left they end by themselves, on a busy machine much later.
 */
const DRAIN_MS = { some: 300, none: 15_000 };

/** Resolves when the streams have ended, or too late; `leave` is asked now and then whether nobody should wait for them any more. */
export async function lastOutput(streams: Promise<unknown>, leave: () => boolean): Promise<void> {
  const over = new AbortController();
  void streams.then(() => over.abort());
  for (let waited = 0; waited < DRAIN_MS.none && !over.signal.aborted; waited += DRAIN_MS.some) {
    await pause(DRAIN_MS.some, over.signal);
    if (over.signal.aborted || leave()) return;
  }
}
