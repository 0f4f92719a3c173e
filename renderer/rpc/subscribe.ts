/** Keeps a stream going over lost connections. */
import { ConnectionLost, toErrorData } from './errors.ts';
import type { AppErrorData } from '#shared/lib/app-error.ts';

/**
 * Opens a stream, calls back for each item, and opens it again after the connection was lost.
 * It ends when the signal aborts, when the stream ends, or with `onError` when it fails for another reason.
 */
export async function subscribe<T>(
  open: (signal: AbortSignal) => Promise<AsyncIterable<T>>,
  onItem: (item: T) => void | Promise<void>,
  signal: AbortSignal,
  onError: (error: AppErrorData) => void = () => undefined,
): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const item of await open(signal)) {
        if (signal.aborted) return;
        await onItem(item);
      }
      return;
    } catch (thrown) {
      if (signal.aborted) return;
      if (thrown instanceof ConnectionLost) continue;
      onError(toErrorData(thrown));
      return;
    }
  }
}
