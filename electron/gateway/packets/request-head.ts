/** The header of one HTTP request, read strictly: what can be understood in two ways is refused (NET-2). Pure. */

/** How far the request goes on behind its header. */
export type Body =
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  /** Asks the host to go on with a WebSocket. */
  | { readonly kind: 'upgrade' };

export type Head =
  | { readonly kind: 'more' }
  | { readonly kind: 'bad'; readonly why: string }
  | {
      readonly kind: 'head';
      /** Bytes that it takes, the empty lines before it included. */
      readonly size: number;
      readonly hosts: readonly string[];
      readonly body: Body;
      /** Where names of lines stand that no host may follow: they are written over. */
      readonly upgrades: readonly number[];
    };

/** Longest header, bytes. */
const HEAD_MAX = 32 * 1024;
const UPGRADE = 'Upgrade';
/** As long as the name that it is written over. */
export const IGNORED = 'Ignored';

const bad = (why: string): Head => ({ kind: 'bad', why });

/** Without port and dot at the end, in lower case. */
export function plainHost(text: string): string {
  return text.replace(/:\d*$/, '').replace(/\.$/, '').toLowerCase();
}

interface Line {
  readonly name: string;
  readonly value: string;
  readonly at: number;
}

function bodyOf(lines: readonly Line[], method: string, version: string): Body | string {
  const all = (name: string): string[] => lines.filter((line) => line.name === name).map(({ value }) => value);
  const lengths = all('content-length');
  const codings = all('transfer-encoding');
  if (codings.length > 0) {
    const one = codings.length === 1 && codings[0]!.toLowerCase() === 'chunked' && lengths.length === 0;
    return one && version === '1.1' ? { kind: 'chunked' } : 'The length of the request cannot be read.';
  }
  if (lengths.length > 1 || (lengths.length === 1 && !/^\d{1,15}$/.test(lengths[0]!)))
    return 'The length of the request cannot be read.';
  const bytes = Number(lengths[0] ?? 0);
  const wanted = all('upgrade').some((value) => value.toLowerCase() === 'websocket');
  const upgrade = wanted && method === 'GET' && bytes === 0 && version === '1.1' && all('upgrade').length === 1;
  return upgrade ? { kind: 'upgrade' } : { kind: 'length', bytes };
}

/** `more` until the empty line has come. */
export function readHead(bytes: Buffer): Head {
  let skipped = 0;
  while (skipped < bytes.length && (bytes[skipped] === 10 || bytes[skipped] === 13)) skipped++;
  const text = bytes.toString('latin1', skipped);
  const end = /\r?\n\r?\n/.exec(text);
  if (!end) return bytes.length > HEAD_MAX ? bad('The header is too long.') : { kind: 'more' };
  // Lines that end in two ways are read in two ways.
  if (end[0].length === 3) return bad('A header line cannot be read.');
  const ending = end[0].length === 4 ? '\r\n' : '\n';
  const [request = '', ...rest] = text.slice(0, end.index).split(ending);
  if (end.index > HEAD_MAX) return bad('The header is too long.');
  const [, method = '', target = '', version = ''] =
    /^([!-~]+) +([!-~\x80-\xff]+) +HTTP\/(1\.[01])$/i.exec(request) ?? [];
  if (method === '') return bad('The request line cannot be read.');
  if (method.toUpperCase() === 'CONNECT') return bad('A named host is no proxy.');
  const lines: Line[] = [];
  let at = skipped + request.length + ending.length;
  for (const line of rest) {
    // oxlint-disable-next-line no-control-regex
    const [, name, value = ''] = /^([!#$%&'*+\-.^_`|~0-9a-z]+):([^\x00\r\n]*)$/i.exec(line) ?? [];
    if (name === undefined) return bad('A header line cannot be read.');
    lines.push({ name: name.toLowerCase(), value: value.replace(/^[ \t]+|[ \t]+$/g, ''), at });
    at += line.length + ending.length;
  }
  const body = bodyOf(lines, method, version);
  if (typeof body === 'string') return bad(body);
  const absolute = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@?#]*@)?([^/?#]*)/i.exec(target)?.[1];
  const hosts = lines.filter(({ name }) => name === 'host').map(({ value }) => value);
  return {
    kind: 'head',
    size: skipped + end.index + end[0].length,
    hosts: [...hosts, ...(absolute === undefined ? [] : [absolute])].map(plainHost),
    body,
    upgrades: lines.filter(({ name }) => name === UPGRADE.toLowerCase()).map((line) => line.at),
  };
}
