/** Serves the tests' internet inside its own network namespace: `internet-server.ts KEY CERT`; prints `ready`. */
import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcp, type Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { decode, encode, streamEncode, AUTHORITATIVE_ANSWER, type Packet } from 'dns-packet';
import { HOSTS, HOSTS6, PRIVATE, RESOLVER, SHARED, SHARED6 } from './internet-plan.ts';

const [, , key = '', cert = ''] = process.argv;

/**
 * Answers with what was asked for, so that a test sees who answered whom; `/big` is 4 MB, `/huge` 64 MB, `/reset` aborts the
 * connection, `/hash` tells the hash of the body; `POST` is read to its end.
 */
function answer(request: IncomingMessage, response: ServerResponse): void {
  if (request.url === '/huge') return void response.end(Buffer.alloc(64_000_000, 'x'));
  if (request.url === '/reset') return void request.socket.resetAndDestroy();
  if (request.url === '/big') return void response.end(Buffer.alloc(4_000_000, 'x'));
  let size = 0;
  const hash = createHash('sha256');
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (request.url === '/hash') hash.update(chunk);
  });
  request.on('end', () => {
    if (request.url === '/hash') return void response.end(`hash ${hash.digest('hex')}\n`);
    const at = (request.socket.localAddress ?? '').replace('::ffff:', '');
    response.end(`site ${request.headers.host ?? 'none'} at ${at} got ${size}\n`);
  });
}

const hello = (word: string) => (socket: Socket) => {
  socket.on('error', () => {});
  socket.write(`${word} ${socket.localAddress?.replace('::ffff:', '')}\n`);
  socket.on('data', (chunk: Buffer) => socket.write(chunk));
};

/** Names that lead somewhere good when they are first asked for, and then inside. */
const movedAlready = new Set<string>();
function moved(name: string): readonly string[] | undefined {
  if (!/^moves-\w+\.test$/.test(name)) return undefined;
  if (movedAlready.has(name)) return [PRIVATE];
  movedAlready.add(name);
  return [SHARED];
}

function replies(message: Buffer): Packet {
  const query = decode(message);
  const [question] = query.questions ?? [];
  const name = question?.name.toLowerCase() ?? '';
  const type = question?.type === 'AAAA' ? 'AAAA' : 'A';
  const hosts = HOSTS[name] ?? moved(name);
  const wanted = type === 'AAAA' ? HOSTS6[name] : hosts;
  const addresses = question?.type === type ? (wanted ?? []) : [];
  const known = hosts !== undefined || name in HOSTS6;
  const loop = name === 'loop.test';
  return {
    type: 'response',
    id: query.id ?? 0,
    flags: AUTHORITATIVE_ANSWER | (known || loop ? 0 : 3),
    questions: query.questions ?? [],
    answers: loop
      ? [{ type: 'CNAME', class: 'IN', name, ttl: 1, data: 'loop.test' }]
      : addresses.map((data) => ({ type, class: 'IN', name, ttl: 0, data })),
  };
}

const asked: string[] = [];
const udp = createSocket('udp4');
udp.on('message', (message, from) => {
  if (message.length < 12) return;
  asked.push(decode(message).questions?.[0]?.name ?? '');
  const reply = encode(replies(message));
  // A large answer makes the asker come again over TCP.
  udp.send(
    reply.length > 1200 ? encode({ ...replies(message), answers: [], flags: 0x200 }) : reply,
    from.port,
    from.address,
  );
});
const resolver = createTcp((socket) => {
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => socket.write(streamEncode(replies(chunk.subarray(2)))));
});
/** What a leak would look like from outside: everything that the resolver was asked. */
const log = createHttp((_request, response) => response.end(JSON.stringify(asked)));
const http = createHttp({ shouldUpgradeCallback: (request) => request.url !== '/plain' }, answer);
/** `/plain` stays with HTTP; everything else becomes an echo, which `reset` aborts. */
http.on('upgrade', (request: IncomingMessage, socket: Socket) => {
  socket.on('error', () => {});
  socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  socket.on('data', (chunk: Buffer) =>
    chunk.toString() === 'reset' ? request.socket.resetAndDestroy() : socket.write(chunk),
  );
  socket.on('end', () => socket.end());
});
const tls = createTls({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) =>
  http.emit('connection', socket),
);
tls.on('tlsClientError', () => {});
const [echo, inner, echo6] = [createSocket('udp4'), createSocket('udp4'), createSocket('udp6')];
for (const socket of [echo, inner, echo6])
  socket.on('message', (message, from) => socket.send(`udp ${message.toString()}`, from.port, from.address));

const listening = [
  new Promise<void>((ready) => udp.bind(53, RESOLVER, ready)),
  new Promise<void>((ready) => resolver.listen(53, RESOLVER, ready)),
  new Promise<void>((ready) => log.listen(8053, RESOLVER, ready)),
  new Promise<void>((ready) => http.listen(80, '::', ready)),
  new Promise<void>((ready) => tls.listen(443, '::', ready)),
  new Promise<void>((ready) => createTcp(hello('ssh')).listen(22, '::', ready)),
  new Promise<void>((ready) => createTcp(hello('other')).listen(8443, '::', ready)),
  new Promise<void>((ready) => echo.bind(5000, SHARED, ready)),
  new Promise<void>((ready) => inner.bind(5000, PRIVATE, ready)),
  new Promise<void>((ready) => echo6.bind(5000, SHARED6, ready)),
];
await Promise.all(listening);
process.stdout.write('ready\n');
