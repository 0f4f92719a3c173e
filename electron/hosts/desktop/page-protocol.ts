/** Serves the built page to the window under `app://bellglass/`, with a policy that lets nothing else in. */
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { DESKTOP_ORIGIN } from '#shared/contract/handshake.ts';
import { pageHeaders } from '../page-headers.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

const HEADERS = pageHeaders([]);

function refuse(status: number, sentence: string): Response {
  return new Response(`${sentence}\n`, {
    status,
    headers: { ...HEADERS, 'Content-Type': 'text/plain; charset=utf-8' },
  });
}

/** Answers a request of the window from the folder of the built page, and from nowhere else. */
export function pageHandler(folder: string): (request: Pick<Request, 'url' | 'method'>) => Promise<Response> {
  return async ({ url, method }) => {
    const { protocol, host, pathname } = new URL(url);
    if (`${protocol}//${host}` !== DESKTOP_ORIGIN) return refuse(403, 'Bellglass serves its own page only.');
    if (method !== 'GET') return refuse(405, 'Only GET is answered here.');
    let path: string;
    try {
      path = normalize(decodeURIComponent(pathname));
    } catch {
      return refuse(400, 'This address cannot be read.');
    }
    const file = join(folder, path === sep ? 'index.html' : path);
    const type = TYPES[extname(file)];
    if (!file.startsWith(folder + sep) || file.includes('\0') || type === undefined) {
      return refuse(404, 'There is nothing at this address.');
    }
    try {
      return new Response(new Uint8Array(await readFile(file)), { headers: { ...HEADERS, 'Content-Type': type } });
    } catch {
      return refuse(404, 'There is nothing at this address.');
    }
  };
}
