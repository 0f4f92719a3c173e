/** The app in a browser: one loopback port that serves the built renderer and the contract over WebSocket (HOST-2). */
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import sirv from 'sirv';
import { WebSocketServer } from 'ws';
import { AppError } from '#shared/lib/app-error.ts';
import { SOCKET_PATH } from '#shared/contract/handshake.ts';
import type { BellglassRouter, Opened } from '#core/rpc/router.ts';
import { serveSocket } from '#core/rpc/serve.ts';
import type { Log } from '#core/storage/log.ts';
import { refusalOf, securityHeaders } from './guard.ts';
import { awaitToken } from './handshake.ts';
import { answerProblem, refusal } from './rest/answers.ts';
import type { Rest } from './rest/rest.ts';

export interface WebHostOptions {
  readonly router: BellglassRouter;
  readonly log: Log;
  /** Folder of the built renderer. */
  readonly renderer: string;
  readonly port: number;
  /** Take the next free port when `port` is in use; true unless the person asked for this very port. */
  readonly orNext: boolean;
  /** Told when another process of ours hands over a file to open. */
  readonly onOpened?: (opened: Opened) => void;
  /** Milliseconds a new connection has to send its token. */
  readonly tokenWithinMs?: number;
  /** Milliseconds that the head of a request may take. */
  readonly headWithinMs?: number;
  /** Answers the paths of the REST API (HOST-3). */
  readonly rest?: Rest;
}

export interface WebHost {
  /** Address with the token, for a person's browser. */
  readonly url: string;
  readonly port: number;
  readonly token: string;
  /** Closes every connection and the port. */
  dispose(): Promise<void>;
}

/** Largest message from a viewer: a launch of 16 MiB in base64 fits. */
const MAX_PAYLOAD = 32 * 1024 * 1024;
const PORTS_TRIED = 20;
/** Milliseconds for the head of a request, and for the whole of it: a sender that is slower holds a connection for nothing. */
const HEAD_WITHIN_MS = 30_000;
const REQUEST_WITHIN_MS = 60_000;
/** Much longer than clients keep a connection that nobody uses: who closes it while the other one sends loses the request. */
const IDLE_MS = 65_000;
/** The one page: its views are behind the `#`. */
const PAGE = /^\/(?:index\.html)?(?:\?|$)/;
/** A mistyped address of REST must not look like an answer. */
const NOTHING_HERE = refusal(
  'notFound',
  'There is nothing at this address.',
  '',
  'The app is at `/`; what REST takes is at `/openapi.json`.',
);

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

async function listenFrom(server: Server, port: number, orNext: boolean): Promise<number> {
  const tries = orNext && port !== 0 ? PORTS_TRIED : 1;
  for (let offset = 0; offset < tries; offset += 1) {
    try {
      return await listen(server, port + offset);
    } catch (thrown) {
      const code = (thrown as NodeJS.ErrnoException).code;
      if (code !== 'EADDRINUSE' && code !== 'EACCES') throw thrown;
    }
  }
  throw new AppError({
    code: 'input-invalid',
    message: `Port ${port} cannot be used.`,
    why: 'Another program uses it, or this user may not.',
    next: 'Choose another one with `--port`, or leave it out to take a free one.',
  });
}

function refuseUpgrade(socket: Duplex, status: string, sentence: string): void {
  const body = `${sentence}\n`;
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

/**
 * Starts the host on the loopback address.
 * @throws AppError `input-invalid` when the port cannot be used.
 */
export async function startWebHost(options: WebHostOptions): Promise<WebHost> {
  const { router, log, renderer, rest, tokenWithinMs = 5000, headWithinMs = HEAD_WITHIN_MS } = options;
  const patience = {
    headersTimeout: headWithinMs,
    requestTimeout: REQUEST_WITHIN_MS,
    keepAliveTimeout: IDLE_MS,
    connectionsCheckingInterval: Math.min(headWithinMs, 2000),
  };
  const token = randomBytes(32).toString('base64url');
  // `dev` looks for each file when it is asked for: from its list of files it would open one that a new build removed, and crash.
  const files = sirv(renderer, {
    dev: true,
    etag: true,
    // Their names change with what is in them. A page whose load was broken off then asks for the rest only.
    setHeaders: (response, path) => {
      if (path.startsWith('/assets/')) response.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
    },
  });
  let port = 0;

  const server = createServer(patience, (request, response) => {
    for (const [name, value] of Object.entries(securityHeaders(port))) response.setHeader(name, value);
    const text = (status: number, sentence: string): void => {
      response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${sentence}\n`);
    };
    const refusal = refusalOf(request, port, false);
    if (rest?.owns(request) === true) return void rest.answer(request, response, refusal);
    if (refusal !== null) return text(403, refusal);
    const atPage = PAGE.test(request.url ?? '');
    const missing = (): void =>
      atPage ? text(404, 'There is no page: build it with `npm start`.') : answerProblem(response, NOTHING_HERE);
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return atPage ? text(405, 'Only GET is answered here.') : missing();
    files(request, response, missing);
  });

  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_PAYLOAD, perMessageDeflate: false });
  sockets.on('connection', (socket) => {
    socket.on('error', (error) => log.warn('a viewer broke the connection rules', { error: error.message }));
    awaitToken(socket, token, tokenWithinMs, (opened) => {
      if (opened) options.onOpened?.(opened);
      serveSocket(socket, router, log);
    });
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const refusal = refusalOf(request, port, true);
    if (refusal !== null) return refuseUpgrade(socket, '403 Forbidden', refusal);
    if (request.url !== SOCKET_PATH) return refuseUpgrade(socket, '404 Not Found', 'There is nothing at this address.');
    sockets.handleUpgrade(request, socket, head, (webSocket) => sockets.emit('connection', webSocket, request));
  });

  port = await listenFrom(server, options.port, options.orNext);
  server.on('error', (error) => log.error('the web host failed', { error: error.message }));

  return {
    url: `http://127.0.0.1:${port}/#token=${token}`,
    port,
    token,
    async dispose() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}
