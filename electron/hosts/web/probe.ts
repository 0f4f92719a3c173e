/** Talks to a running app as its owner: proves that it is ours, and hands it a file to open. */
import { WebSocket } from 'ws';
import { SOCKET_PATH } from '#shared/contract/handshake.ts';
import type { Opened } from '#core/rpc/router.ts';

const PATIENCE_MS = 3000;

/**
 * Whether the app on this port takes this token. With `opened` it also keeps that for the next page that asks.
 * Resolves, never rejects.
 */
export function probe(port: number, token: string, opened?: Opened): Promise<boolean> {
  return new Promise((resolve) => {
    const origin = `http://127.0.0.1:${port}`;
    const socket = new WebSocket(`ws://127.0.0.1:${port}${SOCKET_PATH}`, { origin, handshakeTimeout: PATIENCE_MS });
    const impatient = setTimeout(() => socket.terminate(), PATIENCE_MS);
    const end = (welcome: boolean): void => {
      clearTimeout(impatient);
      socket.terminate();
      resolve(welcome);
    };
    socket.on('open', () => socket.send(JSON.stringify({ token, opened })));
    socket.on('message', () => end(true));
    socket.on('close', () => end(false));
    socket.on('error', () => end(false));
  });
}
