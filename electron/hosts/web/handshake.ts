/** The first message of a WebSocket must be the launch token; nothing else is read before it. */
import { createHash, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import type { Opened } from '#core/rpc/router.ts';
import { launchSchema } from '#shared/contract/runs.ts';
import { CLOSE } from '#shared/contract/handshake.ts';
import type { RawData, WebSocket } from 'ws';

function same(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}

const helloSchema = z.object({
  token: z.string(),
  /** A file that another process of ours was asked to open. */
  opened: launchSchema.pick({ name: true, entry: true, files: true, project: true, folder: true }).optional(),
});
type Hello = z.infer<typeof helloSchema>;

function helloOf(data: RawData, binary: boolean): Hello | null {
  if (binary || !Buffer.isBuffer(data)) return null;
  try {
    return helloSchema.safeParse(JSON.parse(data.toString('utf8'))).data ?? null;
  } catch {
    return null;
  }
}

/** Calls `accept`, with a file to open if one came along, when the right token arrives within `withinMs`; else closes with a code and a reason. */
export function awaitToken(
  socket: WebSocket,
  token: string,
  withinMs: number,
  accept: (opened: Opened | undefined) => void,
): void {
  const late = setTimeout(() => socket.close(CLOSE.late, 'no token came in time'), withinMs);
  socket.once('close', () => clearTimeout(late));
  socket.once('message', (data, binary) => {
    clearTimeout(late);
    const hello = helloOf(data, binary);
    if (hello === null) return socket.close(CLOSE.malformed, 'the first message must be the token');
    if (!same(hello.token, token)) return socket.close(CLOSE.wrongToken, 'the token is not the one of this start');
    socket.send(JSON.stringify({ welcome: true }));
    accept(hello.opened);
  });
}
