/** REST over a scripted core on a port of its own, with one token. For tests. */
import { createRouter } from '#core/rpc/router.ts';
import { createScriptedCore, type ScriptedCore } from '#core/rpc/testing/scripted-core.ts';
import type { Core } from '#core/core.ts';
import { silentLog, type Log } from '#core/storage/log.ts';
import type { NewToken } from '#shared/domain/token.ts';
import { startWebHost } from '../../web-host.ts';
import { createRest } from '../rest.ts';

export interface Served<C extends Core = Core> {
  readonly core: C;
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  /** A token named `ci`. */
  readonly token: string;
  /** The launch token of the page. */
  readonly pageToken: string;
  addToken(name: string, wanted?: Partial<NewToken>): Promise<string>;
  /** `path` with the token; `init.token` another one, or none. */
  fetch(path: string, init?: RequestInit & { token?: string | null }): Promise<Response>;
  /** `POST /execute` with a JSON body. */
  execute(body: unknown, query?: string, token?: string): Promise<Response>;
  dispose(): Promise<void>;
}

export interface ServedOptions {
  readonly log?: Log;
  readonly patienceMs?: number;
  readonly headWithinMs?: number;
  readonly now?: () => number;
  /** A token that is there already, instead of a new one. */
  readonly token?: string;
}

const UNLIMITED: NewToken = {
  policy: 'untrusted',
  policies: [],
  ceilings: {},
  quota: { runs: null, perMinute: null },
};

export async function serveCore<C extends Core>(core: C, options: ServedOptions = {}): Promise<Served<C>> {
  const log = options.log ?? silentLog;
  const host = await startWebHost({
    router: createRouter(core, { takeOpened: async () => null }),
    rest: createRest({ core, version: '0.0.0-test', ...options, log }),
    log,
    renderer: '/nonexistent',
    ...(options.headWithinMs !== undefined && { headWithinMs: options.headWithinMs }),
    port: 0,
    orNext: false,
  });
  const url = `http://127.0.0.1:${host.port}`;
  const addToken = async (name: string, wanted: Partial<NewToken> = {}): Promise<string> =>
    (await core.tokens.add(name, { ...UNLIMITED, ...wanted })).token;
  const token = options.token ?? (await addToken('ci'));
  const ask: Served['fetch'] = (path, { token: other = token, headers, ...init } = {}) =>
    fetch(`${url}${path}`, {
      ...init,
      headers: { ...(other !== null && { Authorization: `Bearer ${other}` }), ...(headers as Record<string, string>) },
    });
  return {
    core,
    url,
    port: host.port,
    token,
    pageToken: host.token,
    addToken,
    fetch: ask,
    execute: (body, query = '', other = token) =>
      ask(`/execute${query}`, {
        method: 'POST',
        token: other,
        headers: { 'Content-Type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    async dispose() {
      await host.dispose();
      await core.dispose();
    },
  };
}

/** Over a new scripted core; `change` replaces what it does. */
export async function serveScripted(
  change: (core: ScriptedCore) => void = () => undefined,
  options?: ServedOptions,
): Promise<Served<ScriptedCore>> {
  const core = createScriptedCore();
  change(core);
  return await serveCore(core, options);
}
