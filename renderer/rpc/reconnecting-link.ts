/** A link that outlives its connections: it connects again by itself, and says so in the connection's state. */
import { ORPCError } from '@orpc/client';
import { setConnection } from './connection-state.ts';
import type { ConnectionState } from './connection-state.ts';
import { ConnectionLost, ConnectionRefused } from './errors.ts';
import type { Connection, Link, Transport } from './transport.ts';

export interface ReconnectOptions {
  readonly transport: Transport;
  /** Milliseconds before the first and the longest wait between tries. */
  readonly firstDelay?: number;
  readonly longestDelay?: number;
  readonly onState?: (state: ConnectionState) => void;
}

export interface Reconnecting {
  readonly link: Link;
  /** Tries anew now, e.g. after a refusal when a new token has come. */
  readonly retry: () => void;
}

function isStream(value: unknown): value is AsyncIterableIterator<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value && 'next' in value;
}

/** Starts to connect; calls made before it is connected wait. */
export function reconnecting(options: ReconnectOptions): Reconnecting {
  const { transport, firstDelay = 500, longestDelay = 10_000, onState = setConnection } = options;
  let current = Promise.withResolvers<Connection>();
  let busy = false;

  const run = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    for (let delay = firstDelay; ;) {
      const attempted = await transport();
      if (attempted.result === 'open') {
        delay = firstDelay;
        current.resolve(attempted.connection);
        onState({ state: 'connected' });
        await attempted.connection.closed;
        current = Promise.withResolvers();
        current.promise.catch(() => undefined);
      } else if (attempted.result === 'refused') {
        onState({ state: 'refused', why: attempted.why });
        current.reject(new ConnectionRefused(attempted.why));
        busy = false;
        return;
      }
      onState({ state: 'reconnecting', retryAt: Date.now() + delay });
      await new Promise((resolve) => setTimeout(resolve, delay));
      delay = Math.min(delay * 2, longestDelay);
    }
  };
  current.promise.catch(() => undefined);
  void run();

  const explain = (thrown: unknown, connection: Connection): unknown =>
    connection.lost() && !(thrown instanceof ORPCError) ? new ConnectionLost() : thrown;

  const link: Link = {
    async call(path, input, callOptions) {
      const { signal } = callOptions;
      const connection = await raceAbort(current.promise, signal);
      try {
        const output = await connection.link.call(path, input, callOptions);
        return isStream(output) ? follow(output, (thrown) => explain(thrown, connection)) : output;
      } catch (thrown) {
        throw explain(thrown, connection);
      }
    },
  };
  return {
    link,
    retry() {
      if (busy) return;
      current = Promise.withResolvers();
      current.promise.catch(() => undefined);
      void run();
    },
  };
}

function raceAbort<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function follow<T>(stream: AsyncIterableIterator<T>, translate: (thrown: unknown) => unknown) {
  return {
    async next(): Promise<IteratorResult<T>> {
      try {
        return await stream.next();
      } catch (thrown) {
        throw translate(thrown);
      }
    },
    return: async (): Promise<IteratorResult<T>> =>
      (await stream.return?.()) ?? { done: true as const, value: undefined },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
