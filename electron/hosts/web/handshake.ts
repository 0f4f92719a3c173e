/** The first message of a WebSocket must be the launch token; nothing else is read before it. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { CLOSE } from '#shared/contract/handshake.ts';
import type { RawData, WebSocket } from 'ws';

function same(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}

function tokenOf(data: RawData, binary: boolean): string | null {
  if (binary || !Buffer.isBuffer(data)) return null;
  try {
    const message: unknown = JSON.parse(data.toString('utf8'));
    if (typeof message !== 'object' || message === null || !('token' in message)) return null;
    return typeof message.token === 'string' ? message.token : null;
  } catch {
    return null;
  }
}

/** Calls `accept` when the right token arrives within `withinMs`; else closes with a code and a reason. */
export function awaitToken(socket: WebSocket, token: string, withinMs: number, accept: () => void): void {
  const late = setTimeout(() => socket.close(CLOSE.late, 'no token came in time'), withinMs);
  socket.once('close', () => clearTimeout(late));
  socket.once('message', (data, binary) => {
    clearTimeout(late);
    const given = tokenOf(data, binary);
    if (given === null) return socket.close(CLOSE.malformed, 'the first message must be the token');
    if (!same(given, token)) return socket.close(CLOSE.wrongToken, 'the token is not the one of this start');
    socket.send(JSON.stringify({ welcome: true }));
    accept();
  });
}
