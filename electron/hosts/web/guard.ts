/** Who may talk to the web host at all: exact Host and Origin, and the headers of every answer. */
import type { IncomingMessage } from 'node:http';
import { pageHeaders } from '../page-headers.ts';

/** The names under which a browser on this machine reaches us. */
function ownHosts(port: number): readonly string[] {
  return [`127.0.0.1:${port}`, `localhost:${port}`];
}

/**
 * Why this request is refused, in a plain sentence; null when it may pass.
 * A page elsewhere that resolves its own name to this computer is stopped by Host, another page by Origin.
 */
export function refusalOf(request: Pick<IncomingMessage, 'headers'>, port: number, upgrade: boolean): string | null {
  const { host, origin } = request.headers;
  if (host === undefined || !ownHosts(port).includes(host)) {
    return `Bellglass answers under http://127.0.0.1:${port} only.`;
  }
  if (origin === undefined) {
    return upgrade ? 'Bellglass takes connections only from its own page; this one names no origin.' : null;
  }
  if (origin !== `http://${host}`)
    return 'Bellglass answers its own page only; this request comes from another origin.';
  return null;
}

/** Headers of every answer: nothing from elsewhere, no frame around us, no guess of types, no CORS. */
export function securityHeaders(port: number): Readonly<Record<string, string>> {
  return {
    ...pageHeaders(["'self'", ...ownHosts(port).map((host) => `ws://${host}`)]),
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'X-Frame-Options': 'DENY',
    'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=()',
  };
}
