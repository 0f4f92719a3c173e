import { expect, it } from 'vitest';
import { Chunks } from './chunks.ts';
import { readHead } from './request-head.ts';

const text = (value: string): Buffer => Buffer.from(value, 'latin1');
const head = (lines: string, request = 'GET / HTTP/1.1'): Buffer => text(`${request}\r\n${lines}\r\n\r\n`);

it('reads hosts, size and what follows (NET-2)', () => {
  const request = '\r\nPOST http://u@a.example:80/ HTTP/1.1\r\nHost: B.Example.\r\nContent-Length: 7\r\n\r\n';
  expect(readHead(text(`${request}1234567GET`))).toEqual({
    kind: 'head',
    size: request.length,
    hosts: ['b.example', 'a.example'],
    body: { kind: 'length', bytes: 7 },
    upgrades: [],
  });
  expect(readHead(head('Host: a\r\nTransfer-Encoding: Chunked'))).toMatchObject({ body: { kind: 'chunked' } });
  expect(readHead(head('Host: a\r\nUpgrade: WebSocket'))).toMatchObject({ body: { kind: 'upgrade' }, upgrades: [25] });
  expect(readHead(text('GET / HTTP/1.0\nHost: a\n\n'))).toMatchObject({ kind: 'head', hosts: ['a'] });
});

it.each([
  ['two lengths', head('Host: a\r\nContent-Length: 1\r\nContent-Length: 2')],
  ['a length and chunks', head('Host: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked')],
  ['a length with a sign', head('Host: a\r\nContent-Length: +1')],
  ['another coding', head('Host: a\r\nTransfer-Encoding: gzip, chunked')],
  ['chunks in the old version', head('Host: a\r\nTransfer-Encoding: chunked', 'GET / HTTP/1.0')],
  ['a folded line', head('Host: a\r\n b')],
  ['a space before the colon', head('Host : a')],
  ['a line without a name', head('Host: a\r\nnonsense')],
  ['a lonely carriage return', head('Host: a\rHost: b')],
  ['a zero', head('Host: a\0b')],
  ['lines that end in two ways', text('GET / HTTP/1.1\r\nX: y\nHost: a\r\n\r\n')],
  ['a header that ends in two ways', text('GET / HTTP/1.1\r\nHost: a\r\n\nGET')],
  ['a proxy request', head('Host: a', 'CONNECT a:443 HTTP/1.1')],
  ['another version', head('Host: a', 'PRI * HTTP/2.0')],
  ['a header without end', text(`GET / HTTP/1.1\r\n${'X: y\r\n'.repeat(8000)}`)],
])('refuses %s, which two readers could understand differently (NET-2)', (_, bytes) => {
  expect(readHead(bytes).kind).toBe('bad');
});

function end(bytes: string, cut: number): number | null {
  const chunks = new Chunks();
  const all = text(bytes);
  for (let at = 0; at < all.length; at += cut) {
    const taken = chunks.take(all.subarray(0, Math.min(all.length, at + cut)), at, () => {});
    if (taken === null) return null;
    if (taken.over) return taken.end;
  }
  return -1;
}

it('finds the end of chunks, however they are cut (NET-2)', () => {
  const whole = '5;x=y\r\nhello\r\na\r\n0123456789\r\n0\r\nX: y\r\n\r\n';
  for (const cut of [1, 2, 7, 1000]) expect(end(`${whole}GET`, cut)).toBe(whole.length);
  expect(end('5\r\nhel', 3)).toBe(-1);
});

it.each(['5\nhello\r\n', '\r\n', 'g\r\n', '-1\r\n', '5\r\nhello!', '0'.repeat(300), '1\r\nab\r\n', '0x1\r\na\r\n'])(
  'refuses chunks like %j (NET-2)',
  (bytes) => {
    expect(end(`${bytes}\r\n0\r\n\r\n`, 1000)).toBeNull();
  },
);
