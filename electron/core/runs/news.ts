/** Streams of batched news: whoever falls behind gets the newest state, not a growing queue. */
export class News<T> {
  readonly #subscribers = new Set<{ pending: Map<string, T>; wake: () => void }>();

  /** Publishes under a key; an unread message with the same key is replaced. */
  publish(key: string, message: T): void {
    for (const subscriber of this.#subscribers) {
      subscriber.pending.delete(key);
      subscriber.pending.set(key, message);
      subscriber.wake();
    }
  }

  /** Batches of messages, at most one batch per `everyMs`, until the signal aborts. */
  async *subscribe(everyMs: number, signal?: AbortSignal): AsyncGenerator<T[]> {
    let wake = (): void => {};
    const subscriber = { pending: new Map<string, T>(), wake: () => wake() };
    const abort = (): void => wake();
    this.#subscribers.add(subscriber);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      while (!signal?.aborted) {
        if (subscriber.pending.size === 0) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          continue;
        }
        const batch = [...subscriber.pending.values()];
        subscriber.pending.clear();
        yield batch;
        await pause(everyMs, signal);
      }
    } finally {
      signal?.removeEventListener('abort', abort);
      this.#subscribers.delete(subscriber);
    }
  }
}

/** Resolves after the time or when the signal aborts, whichever is first. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
  });
}
