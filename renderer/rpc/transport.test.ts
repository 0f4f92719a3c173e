import { expect, it } from 'vitest';
import { CLOSE, PORT_OFFERED, PORT_WANTED, SOCKET_PATH } from '#shared/contract/handshake.ts';
import { portTransport, socketTransport } from './transport.ts';

/** A socket that a test plays by hand. */
class HandSocket extends EventTarget {
  readonly sent: string[] = [];
  readonly url: string;

  constructor(url: string) {
    super();
    this.url = url;
  }

  send(text: string): void {
    this.sent.push(text);
  }

  plays(type: 'open' | 'message' | 'close', fields: object = {}): void {
    this.dispatchEvent(Object.assign(new Event(type), fields));
  }
}

function connecting(token: string | null) {
  const sockets: HandSocket[] = [];
  const attempt = socketTransport(
    '127.0.0.1:7717',
    () => token,
    (url) => {
      const socket = new HandSocket(url);
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
  )();
  return { attempt, sockets };
}

function only(sockets: readonly HandSocket[]): HandSocket {
  const [socket] = sockets;
  if (socket === undefined) throw new Error('no socket was opened');
  return socket;
}

it('sends the token first and is open after the welcome (HOST-2)', async () => {
  const { attempt, sockets } = connecting('abc');
  const socket = only(sockets);
  expect(socket.url).toBe(`ws://127.0.0.1:7717${SOCKET_PATH}`);
  socket.plays('open');
  expect(socket.sent).toEqual(['{"token":"abc"}']);
  socket.plays('message', { data: '{"welcome":true}' });
  const attempted = await attempt;
  if (attempted.result !== 'open') throw new Error('not open');
  expect(attempted.connection.lost()).toBe(false);
  socket.plays('close', { code: 1006 });
  await attempted.connection.closed;
  expect(attempted.connection.lost()).toBe(true);
});

it('is refused for good by a wrong token, and without one does not even ask (HOST-2)', async () => {
  const { attempt, sockets } = connecting('old');
  only(sockets).plays('close', { code: CLOSE.wrongToken });
  expect(await attempt).toMatchObject({ result: 'refused' });
  const without = connecting(null);
  expect(await without.attempt).toMatchObject({ result: 'refused' });
  expect(without.sockets).toEqual([]);
});

it.each([1006, 1011, 1012, CLOSE.late])('has failed for now when the socket closes with %s', async (code) => {
  const { attempt, sockets } = connecting('abc');
  only(sockets).plays('close', { code });
  expect(await attempt).toEqual({ result: 'failed' });
});

it('asks the preload for a port and takes only one that its own window offers (HOST-1)', async () => {
  const asked: unknown[][] = [];
  const page = Object.assign(new EventTarget(), {
    postMessage: (...message: unknown[]) => void asked.push(message),
  });
  const port = Object.assign(new EventTarget(), { start: () => undefined, postMessage: () => undefined });
  const attempt = portTransport(page as unknown as Window)();
  let settled = false;
  void attempt.then(() => (settled = true));
  const offer = (data: unknown, source: unknown, ports: unknown[]): void => {
    page.dispatchEvent(Object.assign(new Event('message'), { data, source, ports }));
  };
  expect(asked).toEqual([[PORT_WANTED, '/']]);
  offer(PORT_OFFERED, {}, [port]);
  offer('something else', page, [port]);
  offer(PORT_OFFERED, page, []);
  await Promise.resolve();
  expect(settled).toBe(false);
  offer(PORT_OFFERED, page, [port]);
  const attempted = await attempt;
  if (attempted.result !== 'open') throw new Error('not open');
  port.dispatchEvent(new Event('close'));
  await attempted.connection.closed;
  expect(attempted.connection.lost()).toBe(true);
});
