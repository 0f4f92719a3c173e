/** Streams on their way to a viewer: ended at once on abort, and coalesced so that a viewer is never flooded. */

/** Milliseconds; injected so that tests need no real time. */
export interface StreamClock {
  now(): number;
  sleep(ms: number): Promise<void>;
}

export const realClock: StreamClock = {
  now: () => performance.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/**
 * Passes a source on until the signal aborts, then lets go of the source without waiting for its pending value.
 * `translate` turns what the source throws into what the viewer sees.
 */
export function guarded<T>(
  source: AsyncIterable<T>,
  signal: AbortSignal | undefined,
  translate: (thrown: unknown) => unknown = (thrown) => thrown,
): AsyncGenerator<T, undefined, void> {
  const iterator = source[Symbol.asyncIterator]();
  let over = false;
  const ended: IteratorReturnResult<undefined> = { done: true, value: undefined };
  const letGo = (): void => {
    if (over) return;
    over = true;
    signal?.removeEventListener('abort', letGo);
    // A generator that is waiting cannot be returned before it wakes; nobody here waits for that.
    void Promise.resolve(iterator.return?.()).catch(() => undefined);
    resolve(ended);
  };
  const { promise: aborted, resolve } = Promise.withResolvers<IteratorReturnResult<undefined>>();
  if (signal?.aborted) letGo();
  else signal?.addEventListener('abort', letGo);
  return {
    async next() {
      if (over) return ended;
      try {
        const result = await Promise.race([iterator.next(), aborted]);
        if (!result.done) return result;
        over = true;
        signal?.removeEventListener('abort', letGo);
        return ended;
      } catch (thrown) {
        over = true;
        signal?.removeEventListener('abort', letGo);
        throw translate(thrown);
      }
    },
    async return() {
      letGo();
      return ended;
    },
    async throw(thrown: unknown) {
      letGo();
      throw thrown;
    },
    async [Symbol.asyncDispose]() {
      letGo();
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/**
 * Gathers what arrives within `everyMs` after the last message into one; the first after a pause passes at once.
 * It pulls only while somebody waits or gathers, so a viewer that does not read holds back the source.
 */
export async function* coalesce<T, B>(
  source: AsyncIterable<T>,
  everyMs: number,
  merge: (items: readonly T[]) => readonly B[],
  clock: StreamClock = realClock,
): AsyncGenerator<B, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  let last = -Infinity;
  let pending: Promise<IteratorResult<T>> | undefined;
  try {
    for (let open = true; open;) {
      const first = await (pending ?? iterator.next());
      pending = undefined;
      if (first.done) return;
      const items = [first.value];
      const wait = last + everyMs - clock.now();
      if (wait > 0) {
        const late = clock.sleep(wait).then(() => 'late' as const);
        for (;;) {
          pending ??= iterator.next();
          const next = await Promise.race([pending, late]);
          if (next === 'late') break;
          pending = undefined;
          if (next.done) {
            open = false;
            break;
          }
          items.push(next.value);
        }
      }
      last = clock.now();
      yield* merge(items);
    }
  } finally {
    pending?.catch(() => undefined);
    void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}
