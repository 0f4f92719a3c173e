/** A typed client of the REST API (HOST-3): plain `fetch`, answers checked by the contract. Runs in Node and in browsers. */
import { healthSchema, problemSchema, statusSchema } from '#shared/contract/rest/rest.ts';
import type { ExecuteRequest, RestHealth, RestProblem, RestStatus } from '#shared/contract/rest/rest.ts';
import { workflowStatusSchema } from '#shared/contract/rest/rest-workflows.ts';
import type { RestWorkflow, StartWorkflowRequest } from '#shared/contract/rest/rest-workflows.ts';
import { runEventSchema, type RunEvent } from '#shared/domain/run.ts';

export interface RestClientOptions {
  /** `http://127.0.0.1:7717`. */
  readonly url: string;
  readonly token: string;
  readonly fetch?: typeof fetch;
}

/** The server said no. */
export class RestProblemError extends Error {
  readonly problem: RestProblem;
  /** Seconds to wait before another try; null when it does not say. */
  readonly retryAfter: number | null;

  constructor(problem: RestProblem, retryAfter: number | null) {
    super([problem.title, problem.why, problem.next].filter(Boolean).join(' '));
    this.name = 'RestProblemError';
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}

export interface RestClient {
  /** Begins a run. Rejects with {@link RestProblemError} like all others. */
  execute(request: ExecuteRequest, signal?: AbortSignal): Promise<RestStatus>;
  /** Begins a run and resolves when it has ended. */
  run(request: ExecuteRequest, signal?: AbortSignal): Promise<RestStatus>;
  status(id: string): Promise<RestStatus>;
  cancel(id: string): Promise<RestStatus>;
  /** Events with their ids, until the run ends; `after` is the id of the last one seen. */
  events(id: string, after?: string, signal?: AbortSignal): AsyncGenerator<{ id: string; event: RunEvent }>;
  /** Pieces of what it prints, until it ends. */
  output(id: string, stream?: 'stdout' | 'stderr', signal?: AbortSignal): AsyncGenerator<string>;
  file(id: string, path: string): Promise<Uint8Array>;
  /** Begins a workflow. */
  startWorkflow(request: StartWorkflowRequest, signal?: AbortSignal): Promise<RestWorkflow>;
  /** Begins a workflow and resolves when it has ended. */
  runWorkflow(request: StartWorkflowRequest, signal?: AbortSignal): Promise<RestWorkflow>;
  workflow(id: string): Promise<RestWorkflow>;
  stopWorkflow(id: string): Promise<RestWorkflow>;
  health(): Promise<RestHealth>;
  metrics(): Promise<string>;
}

async function problemOf(response: Response): Promise<RestProblemError> {
  const text = await response.text();
  const after = response.headers.get('retry-after');
  const retryAfter = after === null ? null : Number(after);
  try {
    return new RestProblemError(problemSchema.parse(JSON.parse(text)), retryAfter);
  } catch {
    const title = `The server answered ${response.status} without saying why.`;
    return new RestProblemError({ type: 'about:blank', title, status: response.status, code: 'internal' }, retryAfter);
  }
}

async function* textOf(response: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const bytes of (response.body ?? []) as AsyncIterable<Uint8Array>)
    yield decoder.decode(bytes, { stream: true });
  yield decoder.decode();
}

async function* eventsOf(response: Response): AsyncGenerator<{ id: string; event: RunEvent }> {
  let rest = '';
  for await (const text of textOf(response)) {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const field = (name: string): string | undefined =>
        block
          .split('\n')
          .find((line) => line.startsWith(`${name}: `))
          ?.slice(name.length + 2);
      const [id, data] = [field('id'), field('data')];
      if (id !== undefined && data !== undefined) yield { id, event: runEventSchema.parse(JSON.parse(data)) };
    }
  }
}

const at = (id: string): string => encodeURIComponent(id);

/** A client of one server with one token. */
export function createRestClient({ url, token, fetch: ask = fetch }: RestClientOptions): RestClient {
  const call = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.set('Authorization', `Bearer ${token}`);
    const response = await ask(`${url}${path}`, { ...init, headers });
    if (!response.ok && !(path === '/health' && response.status === 503)) throw await problemOf(response);
    return response;
  };
  const status = async (path: string, init?: RequestInit): Promise<RestStatus> =>
    statusSchema.parse(await (await call(path, init)).json());
  const workflow = async (path: string, init?: RequestInit): Promise<RestWorkflow> =>
    workflowStatusSchema.parse(await (await call(path, init)).json());
  const post = (request: ExecuteRequest | StartWorkflowRequest, signal: AbortSignal | undefined): RequestInit => ({
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(request),
    ...(signal && { signal }),
  });
  return {
    execute: (request, signal) => status('/execute', post(request, signal)),
    run: (request, signal) => status('/execute?wait', post(request, signal)),
    status: (id) => status(`/status/${at(id)}`),
    cancel: (id) => status(`/cancel/${at(id)}`, { method: 'DELETE' }),
    async *events(id, after, signal) {
      const headers: Record<string, string> = after === undefined ? {} : { 'Last-Event-ID': after };
      yield* eventsOf(await call(`/runs/${at(id)}/events`, { headers, ...(signal && { signal }) }));
    },
    async *output(id, stream, signal) {
      const query = stream === undefined ? '' : `?stream=${stream}`;
      for await (const text of textOf(await call(`/runs/${at(id)}/output${query}`, signal && { signal })))
        if (text !== '') yield text;
    },
    async file(id, path) {
      const safe = path.split('/').map(at).join('/');
      return new Uint8Array(await (await call(`/runs/${at(id)}/files/${safe}`)).arrayBuffer());
    },
    startWorkflow: (request, signal) => workflow('/workflows', post(request, signal)),
    runWorkflow: (request, signal) => workflow('/workflows?wait', post(request, signal)),
    workflow: (id) => workflow(`/workflows/${at(id)}`),
    stopWorkflow: (id) => workflow(`/workflows/${at(id)}`, { method: 'DELETE' }),
    health: async () => healthSchema.parse(await (await call('/health')).json()),
    metrics: async () => await (await call('/metrics')).text(),
  };
}
