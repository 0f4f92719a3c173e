/** Serves the router over a transport: one peer per connection, ended with it. */
import { RPCHandler as PortHandler } from '@orpc/server/message-port';
import { RPCHandler as SocketHandler } from '@orpc/server/ws';
import type { Log } from '../storage/log.ts';
import type { BellglassRouter } from './router.ts';
import { guarded } from './streams.ts';
import { toWireError } from './wire-error.ts';

/** A WebSocket as this module needs it; `ws` satisfies it. */
export interface ServerSocket {
  readonly bufferedAmount: number;
  send(data: string | Uint8Array, done: (error?: Error | null) => void): void;
  close(code: number, reason: string): void;
  terminate(): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: () => void): void;
}

/** The server's end of a message channel; node's and Electron's ports satisfy it. */
export interface ServerPort {
  postMessage(data: unknown): void;
  on(type: 'message', listener: (received: unknown) => void): unknown;
  on(type: 'close', listener: () => void): unknown;
  close(): void;
}

/** Bytes that may wait in a socket before streams to it pause. */
const SOCKET_HIGH_WATER = 1024 * 1024;

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value && 'next' in value;
}

/** Whether a message has the outer form of a call; anything else ends the connection. */
function wellFormed(data: unknown): boolean {
  if (typeof data !== 'string') return false;
  try {
    const message: unknown = JSON.parse(data);
    return typeof message === 'object' && message !== null && 'i' in message && typeof message.i === 'string';
  } catch {
    return false;
  }
}

function options(log: Log) {
  return {
    interceptors: [
      async <T>({ next }: { next: () => Promise<T> }): Promise<T> => {
        try {
          return await next();
        } catch (thrown) {
          throw toWireError(thrown, log);
        }
      },
    ],
    clientInterceptors: [
      async ({ next, signal }: { next: () => Promise<unknown>; signal?: AbortSignal | undefined }) => {
        const output = await next();
        if (!isStream(output)) return output;
        return guarded(output, signal, (thrown) => toWireError(thrown, log));
      },
    ],
  };
}

/** Serves one end of a message channel; the caller starts the port. A malformed message closes it. */
export function servePort(port: ServerPort, router: BellglassRouter, log: Log): void {
  const facade = {
    postMessage: (data: unknown) => port.postMessage(data),
    on: (type: 'message' | 'close', listener: (event?: { data: unknown }) => void) => {
      if (type === 'close') return port.on('close', () => listener());
      return port.on('message', (received) => {
        // Electron wraps the data in an event, node hands it over bare.
        const data = typeof received === 'object' && received !== null && 'data' in received ? received.data : received;
        if (wellFormed(data)) listener({ data });
        else {
          log.warn('a viewer sent a malformed message');
          port.close();
        }
      });
    },
  };
  new PortHandler(router, options(log)).upgrade(facade as never);
}

/**
 * Serves one authenticated WebSocket. Streams to a socket whose peer does not read are paused;
 * a socket that takes nothing for `stalledMs` is closed, so that a dead viewer holds no memory.
 * A malformed message closes it.
 */
export function serveSocket(socket: ServerSocket, router: BellglassRouter, log: Log, stalledMs = 30_000): void {
  const send = (data: string | Uint8Array): Promise<void> =>
    new Promise((resolve) => {
      const wait = socket.bufferedAmount > SOCKET_HIGH_WATER;
      const stalled = wait ? setTimeout(() => socket.terminate(), stalledMs) : undefined;
      // After a failed send nobody may go on sending: the close event, which follows, ends what waits here.
      socket.send(data, (error) => {
        clearTimeout(stalled);
        if (!error) resolve();
      });
      if (!wait) resolve();
    });
  const facade = {
    send,
    addEventListener: (type: 'message' | 'close', listener: (event?: { data: unknown }) => void) => {
      if (type === 'close') return socket.addEventListener('close', () => listener());
      return socket.addEventListener('message', ({ data }) => {
        if (wellFormed(data)) listener({ data });
        else {
          log.warn('a viewer sent a malformed message');
          socket.close(1007, 'malformed message');
        }
      });
    },
  };
  void new SocketHandler(router, options(log)).upgrade(facade as never);
}
