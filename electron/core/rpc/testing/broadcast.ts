/** One sender, many listeners; each listener gets what is sent while it listens. */
import { setTimeout as wait } from 'node:timers/promises';

export { wait };

export class Broadcast<T> {
  readonly #listeners = new Set<(item: T) => void>();

  send(item: T): void {
    for (const listener of this.#listeners) listener(item);
  }

  /** Ends when the signal aborts. */
  async *listen(signal?: AbortSignal): AsyncGenerator<T, void, undefined> {
    const items: T[] = [];
    let wake = (): void => undefined;
    const listener = (item: T): void => {
      items.push(item);
      wake();
    };
    const stop = (): void => wake();
    this.#listeners.add(listener);
    signal?.addEventListener('abort', stop);
    try {
      for (;;) {
        yield* items.splice(0);
        if (signal?.aborted) return;
        if (items.length > 0) continue;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      this.#listeners.delete(listener);
      signal?.removeEventListener('abort', stop);
    }
  }
}
