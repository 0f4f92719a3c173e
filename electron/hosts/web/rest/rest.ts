/** REST beside the page (HOST-3): which request is ours, who asks, and which part answers. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { rest as contract, type RestHealth } from '#shared/contract/rest/rest.ts';
import type { Core } from '#core/core.ts';
import type { Log } from '#core/storage/log.ts';
import { answer, answerJson, answerProblem, badInput, refusal, toRestError } from './answers.ts';
import { BodyBudget, readJson } from './body.ts';
import type { createRestRouter } from './router.ts';
import type { Asker } from './keyed.ts';
import { Quotas } from './quota.ts';
import { RestRuns } from './runs.ts';
import { sendEvents, sendFile, sendOutput } from './streams.ts';
import { RestWorkflows } from './workflows.ts';

export interface RestOptions {
  readonly core: Core;
  readonly version: string;
  readonly log: Log;
  /** Milliseconds after which a reader of a stream that takes nothing is let go. */
  readonly patienceMs?: number;
  /** Monotonic milliseconds, for quotas. */
  readonly now?: () => number;
}

export interface Rest {
  /** Whether the path is one of REST; else it belongs to the page. */
  owns(request: IncomingMessage): boolean;
  /** Answers; `foreign` is why Host or Origin are refused. Never rejects. */
  answer(request: IncomingMessage, response: ServerResponse, foreign: string | null): Promise<void>;
}

type RouteName = keyof typeof contract;

interface Route {
  readonly name: RouteName;
  readonly method: string;
  readonly pattern: RegExp;
}

const ROUTES: readonly Route[] = (Object.keys(contract) as RouteName[]).map((name) => {
  const { method = 'GET', path = '/' } = contract[name]['~orpc'].route;
  const source = path
    .replaceAll('.', String.raw`\.`)
    .replace(/\{\+(\w+)\}/g, '(?<$1>.+)')
    .replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  return { name, method, pattern: new RegExp(`^${source}$`) };
});

const pathOf = (request: IncomingMessage): string => (request.url ?? '/').split('?')[0] ?? '/';
const routesAt = (path: string): Route[] => ROUTES.filter(({ pattern }) => pattern.test(path));

/** What is not well encoded is no name that we gave to anything. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function health({ system }: Core, version: string): RestHealth {
  const { state } = system.engineStatus();
  return { status: state === 'none' || state === 'lost' ? 'no-engine' : 'ok', engine: state, version };
}

async function askerOf(request: IncomingMessage, { tokens }: Core): Promise<Asker> {
  const [, secret] = /^Bearer +([\w.~+/=-]{1,400})$/i.exec(request.headers.authorization ?? '') ?? [];
  const token = secret === undefined ? null : await tokens.find(secret);
  if (secret !== undefined && token !== null) return { token, secret };
  const given = request.headers.authorization !== undefined;
  throw refusal(
    'noToken',
    given ? 'This token is not one of ours.' : 'A token is needed.',
    'Only those who were given one may run scripts here.',
    'Make one with `bellglass token add NAME`, and send it as `Authorization: Bearer TOKEN`.',
    {
      'WWW-Authenticate': `Bearer realm="bellglass"${given ? ', error="invalid_token"' : ''}`,
      // What follows may be a large body that nobody will read.
      Connection: 'close',
    },
  );
}

/** Serves the contract over a core. */
export function createRest({
  core,
  version,
  log,
  patienceMs = 60_000,
  now = () => performance.now(),
}: RestOptions): Rest {
  const quotas = new Quotas(now);
  const runs = new RestRuns(core, quotas);
  const workflows = new RestWorkflows(core, quotas);
  const budget = new BodyBudget();
  // Loaded when somebody asks: the page starts without them.
  let router: Promise<ReturnType<typeof createRestRouter>> | null = null;
  let document: Promise<string> | null = null;
  const jsonRouter = () =>
    (router ??= import('./router.ts').then((module) => module.createRestRouter(runs, workflows)));
  const openApi = () =>
    (document ??= import('./document.ts')
      .then(({ createDocument }) => createDocument(version))
      .then((made) => JSON.stringify(made)));

  async function answerRoute(
    { name, pattern }: Route,
    request: IncomingMessage,
    response: ServerResponse,
    gone: AbortSignal,
  ): Promise<void> {
    if (name === 'health') {
      const now = health(core, version);
      return answerJson(response, now.status === 'ok' ? 200 : 503, now);
    }
    const asker = await askerOf(request, core);
    const url = new URL(request.url ?? '/', 'http://localhost');
    const { id = '', path = '' } = pattern.exec(pathOf(request))?.groups ?? {};
    const options = { gone, patienceMs };
    switch (name) {
      case 'metrics': {
        const { type, text } = await core.remote.metrics();
        return answer(response, 200, type, text);
      }
      case 'document':
        return answer(response, 200, 'application/json; charset=utf-8', await openApi());
      case 'events': {
        runs.owned(decoded(id), asker);
        const { 'last-event-id': last } = request.headers;
        return await sendEvents(response, core.runs, decoded(id), String(last ?? ''), options);
      }
      case 'output': {
        runs.owned(decoded(id), asker);
        const stream = url.searchParams.get('stream');
        if (stream !== null && stream !== 'stdout' && stream !== 'stderr')
          throw badInput('`stream` is `stdout` or `stderr`.', '', 'Leave it out for both.');
        return await sendOutput(response, core.runs, decoded(id), stream, options);
      }
      case 'file':
        runs.owned(decoded(id), asker);
        return await sendFile(response, core.files, decoded(id), decoded(path), options);
      case 'execute':
      case 'status':
      case 'cancel':
      case 'startWorkflow':
      case 'workflow':
      case 'stopWorkflow': {
        const body = request.method === 'POST' ? await readJson(request, budget) : undefined;
        const { method = 'GET', headers } = request;
        const ask = { method, url, headers, body: async () => body };
        const { status, headers: more, body: answered } = await (await jsonRouter())(ask, { asker, gone });
        return answerJson(response, status, answered, more);
      }
    }
  }

  return {
    owns: (request) => routesAt(pathOf(request)).length > 0,
    async answer(request, response, foreign) {
      const gone = new AbortController();
      response.once('close', () => gone.abort());
      response.once('error', () => gone.abort());
      try {
        if (foreign !== null)
          throw refusal('foreign', foreign, '', 'Use the address that Bellglass printed.', { Connection: 'close' });
        const routes = routesAt(pathOf(request));
        const route = routes.find(({ method }) => method === request.method);
        if (route === undefined) {
          const allow = routes.map(({ method }) => method).join(', ');
          const next = `Use ${allow}.`;
          throw refusal('method', `This address does not take ${request.method}.`, '', next, {
            Allow: allow,
            Connection: 'close',
          });
        }
        await answerRoute(route, request, response, gone.signal);
      } catch (thrown) {
        if (gone.signal.aborted) response.destroy();
        else answerProblem(response, toRestError(thrown, log));
      }
    },
  };
}
