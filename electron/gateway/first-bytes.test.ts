import { connect } from 'node:tls';
import { createServer } from 'node:net';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readFirstBytes } from './first-bytes.ts';

/** What a real TLS client says first. */
async function hello(servername: string): Promise<Buffer> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as { port: number };
  const first = new Promise<Buffer>((resolve) => server.once('connection', (socket) => socket.once('data', resolve)));
  const client = connect({ host: '127.0.0.1', port, servername });
  client.on('error', () => {});
  const bytes = await first;
  client.destroy();
  server.close();
  return bytes;
}

const text = (value: string): Buffer => Buffer.from(value, 'latin1');

it('reads the host of a real TLS hello, whole or in pieces (NET-2)', async () => {
  const bytes = await hello('api.Example.org');
  expect(readFirstBytes(bytes)).toEqual({ kind: 'tls', host: 'api.example.org' });
  for (const cut of [1, 4, 5, 6, 40, bytes.length - 1])
    expect(readFirstBytes(bytes.subarray(0, cut))).toEqual({ kind: 'more' });
});

it('reads a hello that is spread over many records (NET-2)', async () => {
  const bytes = (await hello('api.example.org')).subarray(5);
  const records = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, i) => {
    const part = bytes.subarray(7 * i, 7 * i + 7);
    return Buffer.concat([Buffer.from([0x16, 3, 1, 0, part.length]), part]);
  });
  expect(readFirstBytes(Buffer.concat(records))).toEqual({ kind: 'tls', host: 'api.example.org' });
});

it('tells of a hello without a host (NET-2)', async () => {
  expect(readFirstBytes(await hello(''))).toEqual({ kind: 'tls', host: null });
});

it('reads every host of a request, and closes the connection after the first (NET-2)', () => {
  const first = readFirstBytes(
    text(
      'POST http://u@a.example:80/x HTTP/1.1\r\nHost: B.example.\r\nConnection: keep-alive\r\nUpgrade: h2c\r\nhost:c.example\r\n\r\nbody',
    ),
  );
  expect(first).toMatchObject({ kind: 'http', hosts: ['b.example', 'c.example', 'a.example'] });
  if (first.kind !== 'http') throw new Error('not http');
  expect(first.head.toString()).toBe(
    'POST http://u@a.example:80/x HTTP/1.1\r\nHost: B.example.\r\nhost:c.example\r\nConnection: close\r\n\r\n',
  );
  expect(first.rest.toString()).toBe('body');
});

it.each([
  ['\r\n\nGET / HTTP/1.1\r\nHost: a\r\n\r\n', 'http'],
  ['get / http/1.1\nHost: a\n\n', 'http'],
  ['GET / HTTP/1.1\r\nHost: a', 'more'],
  ['G', 'more'],
  ['CONNECT evil:443 HTTP/1.1\r\nHost: a\r\n\r\n', 'bad'],
  ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'bad'],
  ['GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n', 'bad'],
  ['EHLO me\r\n', 'other'],
  ['\0\0\0\x08', 'other'],
  ['\x16\x03\x01\0\0', 'bad'],
])('takes %j for %s (NET-2)', (bytes, kind) => {
  expect(readFirstBytes(text(bytes)).kind).toBe(kind);
});

it('holds back a request in pieces until its header is whole, and finds the same in it (NET-2)', () => {
  const whole = 'GET /a HTTP/1.1\r\nHost: a.example\r\nX: y\r\n\r\n';
  for (let cut = 1; cut < whole.length; cut++) expect(readFirstBytes(text(whole.slice(0, cut))).kind).toBe('more');
  expect(readFirstBytes(text(whole))).toMatchObject({ kind: 'http', hosts: ['a.example'] });
});

it('never throws, whatever comes (NET-2)', async () => {
  const good = await hello('a.example');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(good.length - 1), fc.nat(255), (noise, at, value) => {
      readFirstBytes(Buffer.from(noise));
      const damaged = Buffer.from(good);
      damaged[at] = value;
      readFirstBytes(damaged);
      readFirstBytes(Buffer.concat([Buffer.from([0x16, 3, 1]), noise]));
    }),
    { numRuns: 500 },
  );
});
