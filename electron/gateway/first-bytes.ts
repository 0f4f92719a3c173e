/**
 * What the first bytes of a connection say about the host that is meant, so that an allowed name cannot be used to reach
 * another site on the same address (NET-2). Pure.
 */
export type FirstBytes =
  | { readonly kind: 'more' }
  | { readonly kind: 'tls'; readonly host: string | null }
  /** `head` is the first request's header as it may be passed on, `rest` what came after it. */
  | { readonly kind: 'http'; readonly hosts: readonly string[]; readonly head: Buffer; readonly rest: Buffer }
  | { readonly kind: 'other' }
  | { readonly kind: 'bad'; readonly why: string };

/** Longest header or hello that is looked at, bytes. */
export const FIRST_BYTES_MAX = 64 * 1024;

const HANDSHAKE = 0x16;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  number(size: 1 | 2 | 3): number {
    return this.take(size).readUIntBE(0, size);
  }

  take(size: number): Buffer {
    if (size > this.left) throw new RangeError('cut short');
    const part = this.#bytes.subarray(this.#at, this.#at + size);
    this.#at += size;
    return part;
  }

  vector(size: 1 | 2 | 3): Reader {
    return new Reader(this.take(this.number(size)));
  }
}

/** The handshake bytes of the records; null while the first message is not whole. */
function handshake(bytes: Buffer): Buffer | null {
  const parts: Buffer[] = [];
  let at = 0;
  let size = 0;
  while (at + 5 <= bytes.length) {
    if (bytes[at] !== HANDSHAKE) throw new RangeError('not a handshake record');
    const length = bytes.readUInt16BE(at + 3);
    if (length === 0 || length > 1 << 14) throw new RangeError('a record of wrong size');
    if (at + 5 + length > bytes.length) return null;
    parts.push(bytes.subarray(at + 5, at + 5 + length));
    size += length;
    at += 5 + length;
    const all = Buffer.concat(parts);
    if (size >= 4 && size >= 4 + all.readUIntBE(1, 3)) return all.subarray(0, 4 + all.readUIntBE(1, 3));
  }
  return null;
}

function serverName(hello: Buffer): string | null {
  const reader = new Reader(hello);
  if (reader.number(1) !== CLIENT_HELLO) throw new RangeError('not a client hello');
  const body = reader.vector(3);
  body.take(2 + 32);
  body.vector(1);
  body.vector(2);
  body.vector(1);
  if (body.left === 0) return null;
  const extensions = body.vector(2);
  let host: string | null = null;
  while (extensions.left > 0) {
    const type = extensions.number(2);
    const content = extensions.vector(2);
    if (type !== SERVER_NAME) continue;
    if (host !== null) throw new RangeError('two server names');
    const names = content.vector(2);
    if (names.number(1) !== 0) throw new RangeError('a server name of unknown kind');
    const name = names.vector(2);
    host = name.take(name.left).toString('latin1');
    if (names.left > 0) throw new RangeError('two server names');
  }
  return host;
}

/** Hop-by-hop lines: without them and with `Connection: close` a server answers one request and no second for another host. */
const HOP = /^(connection|keep-alive|proxy-connection|upgrade|http2-settings)\s*:/i;

function http(text: string, bytes: Buffer, skipped: number): FirstBytes {
  const end = /\r?\n\r?\n/.exec(text);
  if (!end) return text.length > FIRST_BYTES_MAX ? { kind: 'bad', why: 'The header is too long.' } : { kind: 'more' };
  const [request = '', ...lines] = text.slice(0, end.index).split(/\r?\n/);
  const [, method = '', target = '', version = ''] = /^(\S+) +(\S+) +HTTP\/(\d(?:\.\d)?)\s*$/i.exec(request) ?? [];
  if (version.startsWith('2'))
    return { kind: 'bad', why: 'HTTP/2 without TLS cannot be looked at; use TLS or HTTP/1.1.' };
  if (method === '') return { kind: 'bad', why: 'The request line cannot be read.' };
  if (method.toUpperCase() === 'CONNECT') return { kind: 'bad', why: 'A relayed host is no proxy.' };
  if (lines.some((line) => /^[ \t]/.test(line) || line.includes('\r') || line.includes('\0')))
    return { kind: 'bad', why: 'A header line cannot be read.' };
  const hosts = lines.flatMap((line) => /^host\s*:(.*)$/i.exec(line)?.[1]?.trim() ?? []);
  const absolute = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?([^/]*)/i.exec(target)?.[1];
  const head = [request, ...lines.filter((line) => !HOP.test(line)), 'Connection: close', '', ''].join('\r\n');
  return {
    kind: 'http',
    hosts: [...hosts, ...(absolute === undefined ? [] : [absolute])].map(plainHost),
    head: Buffer.from(head, 'latin1'),
    rest: bytes.subarray(skipped + end.index + end[0].length),
  };
}

/** A request of the oldest form, which names no host and has no version. */
const OLDEST = /^[\r\n]*(GET|HEAD|POST|PUT|DELETE|OPTIONS|TRACE|PATCH)[ \t]+[^\r\n\t ]*[ \t]*[\r\n]/i;
/** Where a server takes everything for the web's protocols, whatever stands before; SSH says so itself. */
const WEB_PORTS: readonly number[] = [80, 443];

/** Why bytes of an unknown protocol (`other`) are refused on this port; null when they are not. */
export function refusedUnknown(bytes: Buffer, port: number): string | null {
  const text = bytes.toString('latin1', 0, 4096);
  if (OLDEST.test(text)) return 'The request names no host.';
  return WEB_PORTS.includes(port) && !text.startsWith('SSH-') ? 'That is neither HTTP nor TLS.' : null;
}

/** Without port and dot at the end, in lower case. */
function plainHost(text: string): string {
  return text.replace(/:\d*$/, '').replace(/\.$/, '').toLowerCase();
}

/**
 * Looks at everything that came so far. `more` until it is certain: the bytes are held back meanwhile, so that a request
 * cut into pieces is not mistaken for something else.
 */
export function readFirstBytes(bytes: Buffer): FirstBytes {
  if (bytes.length === 0) return { kind: 'more' };
  if (bytes[0] === HANDSHAKE) {
    try {
      const hello = handshake(bytes);
      if (hello !== null) {
        const host = serverName(hello);
        return { kind: 'tls', host: host === null ? null : plainHost(host) };
      }
    } catch {
      return { kind: 'bad', why: 'The TLS hello cannot be read.' };
    }
    return bytes.length > FIRST_BYTES_MAX ? { kind: 'bad', why: 'The TLS hello is too long.' } : { kind: 'more' };
  }
  // Servers skip empty lines before a request.
  let skipped = 0;
  while (skipped < bytes.length && (bytes[skipped] === 10 || bytes[skipped] === 13)) skipped++;
  const text = bytes.toString('latin1', skipped);
  const line = text.indexOf('\n');
  const first = line < 0 ? text : text.slice(0, line);
  if (/\sHTTP\/\d/i.test(first)) return http(text, bytes, skipped);
  if (line >= 0) return { kind: 'other' };
  // No request line has control characters: a binary protocol.
  // oxlint-disable-next-line no-control-regex
  if (/[\x00-\x08\x0e-\x1f\x7f-\xff]/.test(first)) return { kind: 'other' };
  return bytes.length > FIRST_BYTES_MAX ? { kind: 'bad', why: 'The first line is too long.' } : { kind: 'more' };
}
