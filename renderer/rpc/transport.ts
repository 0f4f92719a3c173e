/** One connection to Bellglass, over the preload's port or over WebSocket. */
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import type { ClientLink } from '@orpc/client';
import { CLOSE, PORT_OFFERED, PORT_WANTED, SOCKET_PATH } from '#shared/contract/handshake.ts';

export type Link = ClientLink<Record<never, never>>;

/** An open connection; `lost` turns true before anything on it fails, then `closed` resolves. */
export interface Connection {
  readonly link: Link;
  readonly lost: () => boolean;
  readonly closed: Promise<void>;
}

/** What came of an attempt to connect. */
export type Attempted =
  | { readonly result: 'open'; readonly connection: Connection }
  | { readonly result: 'failed' }
  | { readonly result: 'refused'; readonly why: string };

/** Makes one attempt; the client repeats it. */
export type Transport = () => Promise<Attempted>;

const REFUSALS: Readonly<Record<number, string>> = {
  [CLOSE.wrongToken]: 'Bellglass was started anew since this page was opened.',
  [CLOSE.malformed]: 'The page sent no token.',
};

/** Connects over WebSocket: token first, calls after the welcome. */
export function socketTransport(
  host: string,
  token: () => string | null,
  open: (url: string) => WebSocket = (url) => new WebSocket(url),
): Transport {
  return () =>
    new Promise((resolve) => {
      const present = token();
      if (present === null) return resolve({ result: 'refused', why: 'The address of this page carries no token.' });
      const socket = open(`ws://${host}${SOCKET_PATH}`);
      let lost = false;
      const closed = new Promise<void>((ended) => {
        socket.addEventListener('close', ({ code }) => {
          lost = true;
          const why = REFUSALS[code];
          resolve(why === undefined ? { result: 'failed' } : { result: 'refused', why });
          ended();
        });
      });
      socket.addEventListener('open', () => socket.send(JSON.stringify({ token: present })), { once: true });
      socket.addEventListener(
        'message',
        () => {
          const link = new SocketLink({ websocket: socket });
          resolve({ result: 'open', connection: { link, lost: () => lost, closed } });
        },
        { once: true },
      );
    });
}

/** Connects over the one port that the preload hands over when asked. */
export function portTransport(page: Window): Transport {
  return () =>
    new Promise((resolve) => {
      const onMessage = (event: MessageEvent): void => {
        const [port] = event.ports;
        if (event.source !== page || event.data !== PORT_OFFERED || port === undefined) return;
        page.removeEventListener('message', onMessage);
        let lost = false;
        const closed = new Promise<void>((ended) => {
          port.addEventListener('close', () => {
            lost = true;
            ended();
          });
        });
        const link = new PortLink({ port });
        port.start();
        resolve({ result: 'open', connection: { link, lost: () => lost, closed } });
      };
      page.addEventListener('message', onMessage);
      page.postMessage(PORT_WANTED, '/');
    });
}
