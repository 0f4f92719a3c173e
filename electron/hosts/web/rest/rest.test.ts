/** REST by plain HTTP over a scripted core: every answer is one that the OpenAPI document promises (HOST-3). */
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller, Core } from '#core/core.ts';
import type { ScriptedCore } from '#core/rpc/testing/scripted-core.ts';
import type { Log } from '#core/storage/log.ts';
import { silentLog } from '#core/storage/log.ts';
import type { RestWorkflow } from '#shared/contract/rest/rest-workflows.ts';
import { REST_LIMITS, type RestProblem, type RestStatus } from '#shared/contract/rest/rest.ts';
import type { Launch } from '#shared/contract/runs.ts';
import type { WorkflowLaunch } from '#shared/contract/workflows.ts';
import type { WorkflowDetail } from '#shared/domain/workflow.ts';
import { AppError, ERROR_CODES, type ErrorCode } from '#shared/lib/app-error.ts';
import { ERROR_STATUS } from '#shared/contract/rest/rest-status.ts';
import { createConformer, type Document } from './testing/conform.ts';
import { serveScripted, type Served } from './testing/served.ts';

let served: Served<ScriptedCore>;
let conform: ReturnType<typeof createConformer>;
const launched: Launch[] = [];
const logged: string[] = [];
let refuse: Error | null = null;
const hear = (message: string, fields?: unknown): void => void logged.push(`${message} ${JSON.stringify(fields)}`);
const log: Log = { ...silentLog, error: hear, warn: hear, info: hear };

beforeAll(async () => {
  served = await serveScripted(
    ({ runs }) => {
      const { start } = runs;
      runs.start = async (launch) => {
        if (refuse !== null) throw refuse;
        launched.push(launch);
        return await start(launch);
      };
    },
    { log },
  );
  conform = createConformer((await (await served.fetch('/openapi.json')).json()) as Document);
});
afterAll(async () => served.dispose());

const script = { script: 'print(1)', language: 'python' };

/** Of whichever kind the answer is. */
type Body = RestStatus & RestProblem;

/** The answer's status and body, after it was held against the document. */
async function ask(
  path: string,
  init: Parameters<Served['fetch']>[1] = {},
): Promise<{ status: number; body: Body; headers: Headers }> {
  const response = await served.fetch(path, init);
  const text = await conform(init.method ?? 'GET', path, response);
  return { status: response.status, headers: response.headers, body: (text === '' ? null : JSON.parse(text)) as Body };
}

async function post(body: unknown, more: Parameters<Served['fetch']>[1] = {}, query = '') {
  return await ask(`/execute${query}`, {
    method: 'POST',
    body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
    ...more,
    headers: { 'Content-Type': 'application/json', ...(more.headers as Record<string, string>) },
  });
}

/** Plain `node:http`, for headers that fetch does not send. */
function raw(path: string, headers: Record<string, string>, method = 'GET'): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port: served.port, path, method, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.on('error', reject).end();
  });
}

describe('a request without a right to it', () => {
  const paths = [
    ['POST', '/execute'],
    ['GET', '/status/x'],
    ['DELETE', '/cancel/x'],
    ['POST', '/workflows'],
    ['GET', '/workflows/x'],
    ['DELETE', '/workflows/x'],
    ['GET', '/runs/x/events'],
    ['GET', '/runs/x/output'],
    ['GET', '/runs/x/files/a/b'],
    ['GET', '/metrics'],
    ['GET', '/openapi.json'],
  ] as const;

  it.each(paths)('is answered 401 with a challenge: %s %s', async (method, path) => {
    for (const token of [null, 'bgt_wrong', served.pageToken, '', `${served.token}x`, 'ü']) {
      const headers: Record<string, string> = token === 'ü' ? { Authorization: 'Bearer %00' } : {};
      const {
        status,
        headers: answered,
        body,
      } = await ask(path, {
        method,
        token: token === 'ü' ? null : token,
        headers,
      });
      expect(status).toBe(401);
      expect(answered.get('www-authenticate')).toMatch(/^Bearer realm="bellglass"/);
      expect(body.code).toBe('auth');
    }
  });

  it('takes the token from no other place', async () => {
    for (const [path, headers] of [
      [`/metrics?token=${served.token}`, {}],
      [`/metrics?access_token=${served.token}`, {}],
      ['/metrics', { Cookie: `token=${served.token}` }],
      ['/metrics', { Authorization: `Basic ${btoa(`x:${served.token}`)}` }],
      ['/metrics', { Authorization: served.token }],
    ] as const)
      expect((await ask(path, { token: null, headers })).status).toBe(401);
  });

  it.each([
    ['another name of this computer', { Host: 'evil.example' }],
    ['another page', { Origin: 'http://evil.example' }],
    ['another port', { Origin: 'http://127.0.0.1:1' }],
    ['a sandboxed frame', { Origin: 'null' }],
  ])('is refused from %s, with the right token, and gets no CORS', async (_from, headers) => {
    const auth = { Authorization: `Bearer ${served.token}` };
    for (const path of ['/metrics', '/health']) {
      const { status, body } = await raw(path, { ...auth, ...headers });
      expect([status, (JSON.parse(body) as RestProblem).code]).toEqual([403, 'auth']);
    }
    const answer = await served.fetch('/health', { headers: { Origin: served.url } });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, null]);
  });

  it('is not taken any more once its token was removed', async () => {
    const token = await served.addToken('short-lived');
    expect((await served.fetch('/metrics', { token })).status).toBe(200);
    await served.core.tokens.remove('short-lived');
    expect((await served.fetch('/metrics', { token })).status).toBe(401);
  });
});

describe('a request in a wrong form', () => {
  it('is answered 405 with the methods that are taken', async () => {
    for (const [path, allow] of [
      ['/execute', 'POST'],
      ['/status/x', 'GET'],
      ['/cancel/x', 'DELETE'],
      ['/workflows', 'POST'],
      ['/health', 'GET'],
      ['/metrics', 'GET'],
    ] as const) {
      for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'].filter((one) => one !== allow)) {
        const { status, headers } = await ask(path, { method });
        expect([status, headers.get('allow')]).toEqual([405, allow]);
      }
    }
  });

  it('is answered 404 when it is no path of ours, and no page either', async () => {
    const paths = ['/execute/', '/nothing?x', '/workflows/', '/workflows/a/b', '/status', '/status/a/b', '/runs/x'];
    for (const path of [...paths, '/runs/x/files/', '/assets/none.js'])
      for (const method of ['GET', 'POST']) {
        const answer = await served.fetch(path, { method });
        const type = answer.headers.get('content-type');
        expect([path, answer.status, type]).toEqual([path, 404, 'application/problem+json; charset=utf-8']);
        expect(await answer.json()).toMatchObject({ title: 'There is nothing at this address.' });
      }
    expect(await (await served.fetch('/')).text()).toContain('There is no page: build it');
    expect((await served.fetch('/', { method: 'POST' })).status).toBe(405);
  });

  it.each([
    ['no body', ''],
    ['no JSON', '{"script": "x"'],
    ['a number', '5'],
    ['null', 'null'],
    ['a list', '[]'],
    ['no script', '{}'],
    ['an empty script', { script: '' }],
    ['a script that is none', { script: 5 }],
    ['a key that is not known', { ...script, scripts: '' }],
    ['a prototype', '{"script":"x","__proto__":{"trust":"system"}}'],
    ['a language that is not there', { script: 'x', language: 'cobol' }],
    ['a level that is not there', { ...script, trust: 'root' }],
    ['an id with spaces', { ...script, id: 'a b' }],
    ['an id that is too long', { ...script, id: 'x'.repeat(201) }],
    ['a time that is none', { ...script, timeout: -1 }],
    ['a time twice', { ...script, timeout: 5, set: { 'resources.wall_time': '5 s' } }],
    ['numbers as arguments', { ...script, args: [1] }],
    ['nested environment', { ...script, env: { A: { B: 'c' } } }],
    ['a file without content', { ...script, files: [{ path: 'a' }] }],
    ['an encoding that is not there', { ...script, files: [{ path: 'a', content: '', encoding: 'utf-16' }] }],
    ['a body nested deeper than a stack', `{"script":"x","input":${'['.repeat(200_000)}${']'.repeat(200_000)}}`],
    ['bytes that are no text', new Uint8Array([0x22, 0xff, 0xfe, 0x22])],
  ])('is answered 400 for %s, without a run and without an echo', async (_what, body) => {
    const before = launched.length;
    const { status, body: problem } = await post(body);
    expect([status, problem.code, launched.length]).toEqual([400, 'input-invalid', before]);
    expect(JSON.stringify(problem).length).toBeLessThan(1500);
  });

  it.each(['nonsense', '5 apples', 'x[]=1', '-1s'])('is answered 400 for ?wait=%s', async (wait) => {
    const query = wait.includes('[') ? `?wait${wait.slice(1)}` : `?wait=${wait}`;
    expect((await post(script, {}, query)).status).toBe(400);
  });

  it.each([
    { 'Content-Type': 'text/plain' },
    { 'Content-Type': 'application/x-www-form-urlencoded' },
    { 'Content-Type': 'application/json; charset=utf-16' },
    { 'Content-Encoding': 'gzip' },
  ] as Record<string, string>[])('is answered 415 for %s', async (headers) => {
    expect((await post(script, { headers })).status).toBe(415);
  });

  it('is answered 413 before a byte of a body is read that says it is too large, and while one is read that does not', async () => {
    const headers = { Authorization: `Bearer ${served.token}`, 'Content-Type': 'application/json' };
    const said = await new Promise<number>((resolve, reject) => {
      const sent = httpRequest(
        {
          host: '127.0.0.1',
          port: served.port,
          path: '/execute',
          method: 'POST',
          headers: { ...headers, 'Content-Length': String(100e6) },
        },
        (response) => resolve(response.statusCode ?? 0),
      );
      sent.on('error', reject).flushHeaders();
    });
    expect(said).toBe(413);
    const streamed = await new Promise<number | string>((resolve) => {
      const sent = httpRequest(
        { host: '127.0.0.1', port: served.port, path: '/execute', method: 'POST', headers },
        (response) => resolve(response.statusCode ?? 0),
      );
      sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
      const piece = 'x'.repeat(1024 * 1024);
      let left = 100;
      const more = (): void => {
        while (left > 0 && !sent.destroyed) {
          left -= 1;
          if (!sent.write(piece)) return void sent.once('drain', more);
        }
        sent.end();
      };
      more();
    });
    // The server closes while the client still writes: which of both it sees first is not ours to say.
    expect([413, 'EPIPE', 'ECONNRESET']).toContain(streamed);
    expect(REST_LIMITS.body).toBeLessThan(100e6);
    expect((await ask('/health')).status).toBe(200);
  });
});

describe('a run', () => {
  it('is accepted with a place, told in full, and listed in the app (HOST-3)', async () => {
    const { status, headers, body } = await post({ ...script, args: ['a'], stdin: 'in', timeout: 1500 });
    expect([status, headers.get('location')]).toEqual([202, `/status/${body.id}`]);
    expect(body).toMatchObject({ success: null, outcome: null, duration: null, error: null, logsComplete: false });
    expect(launched.at(-1)).toMatchObject({
      entry: 'script.py',
      runtime: 'python',
      policy: 'untrusted',
      stdin: 'in',
      args: ['a'],
      set: { 'resources.wall_time': '1500 ms' },
    });
    expect(served.core.runs.list()[0]?.id).toBe(body.id);
    expect((await ask(`/cancel/${body.id}`, { method: 'DELETE' })).status).toBe(200);
    const waited = await post({ script: 'x', language: 'bash' }, {}, '?wait=200ms');
    expect(waited.status).toBe(202);
    await served.core.runs.stopAll();
    await expect.poll(async () => (await ask(`/status/${body.id}`)).body.outcome).toBe('cancelled');
    const over = (await ask(`/cancel/${body.id}`, { method: 'DELETE' })).body;
    expect(over).toMatchObject({ success: false, error: { message: 'You stopped it.' } });
  });

  it('is not shown to another token, nor are runs of the app', async () => {
    const { body } = await post(script);
    const own = await served.core.runs.start({
      name: 'a.py',
      entry: 'a.py',
      files: [{ path: 'a.py', content: btoa('1') }],
    });
    const other = await served.addToken('stranger');
    for (const [id, token] of [
      [body.id, other],
      [own.id, served.token],
      ['nope', served.token],
      ['..%2f..', served.token],
      ['%00', served.token],
    ] as const) {
      expect((await ask(`/status/${id}`, { token })).status).toBe(404);
      expect((await ask(`/cancel/${id}`, { token, method: 'DELETE' })).status).toBe(404);
      for (const part of ['events', 'output', 'files/x'])
        expect((await ask(`/runs/${id}/${part}`, { token })).status).toBe(404);
    }
    expect(served.core.runs.list().find(({ id }) => id === body.id)?.state).not.toBe('finished');
    expect((await ask('/status/%E0%A4%A')).status).toBe(404);
    await served.core.runs.stopAll();
  });

  it('is the same for the same key and request, at one time and later; 409 for another request', async () => {
    const before = launched.length;
    const request = { ...script, id: 'key-1', env: { B: '2', A: '1' }, secrets: { S: 'hunter2' } };
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(request)));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    const reordered = await post({
      secrets: { S: 'hunter2' },
      id: 'key-1',
      env: { A: '1', B: '2' },
      ...script,
    });
    expect(reordered.body.id).toBe(answers[0]?.body.id);
    for (const other of [
      { ...request, args: [] },
      { ...request, secrets: { S: 'hunter3' } },
    ])
      expect((await post(other)).status).toBe(409);
    expect(launched.length).toBe(before + 1);
    const stranger = await served.addToken('stranger-2');
    const theirs = await post(request, { token: stranger });
    expect(theirs.body.id).not.toBe(answers[0]?.body.id);
    await served.core.runs.stopAll();
  });

  it('that could not begin leaves its key free', async () => {
    refuse = new AppError({ code: 'plan-refused', message: 'Not now.' });
    expect((await post({ ...script, id: 'key-2' })).status).toBe(422);
    refuse = null;
    expect((await post({ ...script, id: 'key-2' })).status).toBe(202);
    await served.core.runs.stopAll();
  });

  it('may name the policies of its token only', async () => {
    const token = await served.addToken('two', { policy: 'limited', policies: ['trusted'] });
    for (const named of [{}, { policy: 'trusted' }, { trust: 'limited' }])
      expect((await post({ ...script, ...named }, { token })).status).toBe(202);
    expect(launched.slice(-3).map(({ policy, trust }) => [policy, trust])).toEqual([
      ['limited', undefined],
      ['trusted', undefined],
      [undefined, 'limited'],
    ]);
    for (const named of [
      { policy: 'system' },
      { trust: 'system' },
      { policy: 'trusted', trust: 'system' },
      { policy: '../x' },
    ])
      expect((await post({ ...script, ...named }, { token })).status).toBe(403);
    await served.core.runs.stopAll();
  });
});

it('asks for a sandbox that stays only when the request does (RUN-14)', async () => {
  await post({ ...script, keep: true });
  await post({ ...script, keep: false });
  expect(launched.slice(-2).map(({ keep }) => keep)).toEqual([true, undefined]);
  expect((await post({ ...script, keep: 'yes' })).status).toBe(400);
  await served.core.runs.stopAll();
});

describe('a workflow', () => {
  const file = 'workflows: { w: { steps: [{ id: a, run: echo }, { id: b, run: echo }] } }';
  const wide = 'workflows: { w: { steps: [{ id: a, needs: [], run: echo }, { id: b, run: echo }] } }';
  const began: { launch: WorkflowLaunch; by: Caller | undefined }[] = [];
  const over = new Set<string>();
  const detail = (id: string): WorkflowDetail => {
    const outcome = over.has(id) ? 'cancelled' : null;
    const step = { title: '', needs: [], rank: 0, why: '', outcome: null, startedAt: 1, endedAt: null };
    return {
      summary: {
        id,
        file: 'workflow.yaml',
        workflow: 'w',
        state: outcome === null ? 'running' : 'finished',
        outcome,
        startedAt: 1,
        endedAt: outcome === null ? null : 5,
        counts: {} as WorkflowDetail['summary']['counts'],
      },
      plan: { file: null, warnings: ['Look twice.'] } as unknown as WorkflowDetail['plan'],
      steps: [
        { ...step, id: 'a', state: 'running', runs: ['run2', 'run1'] },
        { ...step, id: 'b', state: 'waiting', runs: [] },
      ],
      text: file,
      variables: { n: 1 },
    };
  };
  const ended = new Map<string, PromiseWithResolvers<void>>();
  beforeAll(() => {
    Object.assign(served.core.workflows, {
      async start(launch, by) {
        if (refuse !== null) throw refuse;
        began.push({ launch, by });
        const id = `flow${began.length}`;
        ended.set(id, Promise.withResolvers());
        return { id };
      },
      get: (id) => detail(id),
      async *watch(id, signal) {
        const gone = new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
        await Promise.race([ended.get(id)?.promise, gone]);
        yield detail(id);
      },
      async stop(id) {
        over.add(id);
        ended.get(id)?.resolve();
      },
    } satisfies Partial<Core['workflows']>);
  });
  const start = async (body: object, token = served.token, query = '') => {
    const answer = await ask(`/workflows${query}`, {
      method: 'POST',
      token,
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json' },
    });
    return { ...answer, body: answer.body as unknown as RestWorkflow & RestProblem };
  };

  it('is begun for its token, told and stopped (HOST-3, WF-1)', async () => {
    const scripts = [{ path: 'a.sh', content: 'echo' }];
    const { status, headers, body } = await start({
      file,
      scripts,
      variables: { n: 0 },
      secrets: { K: 'correct-horse' },
    });
    expect([status, headers.get('location')]).toEqual([202, `/workflows/${body.id}`]);
    expect(began.at(-1)).toEqual({
      launch: {
        name: 'workflow.yaml',
        text: file,
        files: [{ path: 'a.sh', content: btoa('echo'), executable: false }],
        variables: { n: 0 },
        secrets: { K: 'correct-horse' },
        policy: 'untrusted',
      },
      by: { token: 'ci', ceilings: {} },
    });
    expect(body).toMatchObject({
      success: null,
      steps: [
        { id: 'a', state: 'running', run: 'run2' },
        { id: 'b', run: null },
      ],
      variables: { n: 1 },
      warnings: ['Look twice.'],
    });
    expect(JSON.stringify(body)).not.toContain('correct-horse');
    const other = await served.addToken('no-flows');
    for (const method of ['GET', 'DELETE'])
      expect((await ask(`/workflows/${body.id}`, { method, token: other })).status).toBe(404);
    expect(over.has(body.id)).toBe(false);
    expect((await start({ file }, served.token, '?wait=50ms')).status).toBe(202);
    const stopped = await ask(`/workflows/${body.id}`, { method: 'DELETE' });
    expect([stopped.status, stopped.body]).toMatchObject([200, { outcome: 'cancelled', success: false, duration: 4 }]);
  });

  it('is one for one key, and its key is none of a run', async () => {
    const request = { file, id: 'key-w' };
    const twins = await Promise.all([start(request), start(request)]);
    expect(twins[0]?.body.id).toBe(twins[1]?.body.id);
    expect((await start({ ...request, file: wide })).status).toBe(409);
    expect((await post({ ...script, id: 'key-w' })).status).toBe(202);
    await served.core.runs.stopAll();
  });

  it.each([
    ['no file', {}],
    ['an empty file', { file: '' }],
    ['a key that is not known', { file, script: 'x' }],
    ['a level that is not there', { file, trust: 'root' }],
    ['numbers as environment', { file, env: { A: 1 } }],
  ])('is answered 400 for %s, and nothing begins', async (_what, body) => {
    const before = began.length;
    expect([(await start(body)).status, began.length]).toEqual([400, before]);
  });

  it('may name the policies of its token only', async () => {
    const before = began.length;
    for (const named of [{ policy: 'limited' }, { trust: 'system' }])
      expect((await start({ file, ...named })).status).toBe(403);
    expect(began.length).toBe(before);
  });

  it('counts each of its steps for the quota of its token, with the runs (HOST-3)', async () => {
    const token = await served.addToken('little', { quota: { runs: 2, perMinute: 5 } });
    const first = await start({ file: wide }, token);
    expect(first.status).toBe(202);
    const busy = await post(script, { token });
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([429, '1']);
    await ask(`/workflows/${first.body.id}`, { method: 'DELETE', token });
    await expect.poll(async () => (await start({ file }, token)).status).toBe(202);
    // Four of five a minute are used.
    const late = await start({ file }, token);
    expect([late.status, Number(late.headers.get('retry-after'))]).toEqual([429, expect.any(Number)]);
    const many = `workflows: { w: { steps: [${Array.from({ length: 6 }, (_, at) => `{ id: s${at}, run: echo }`).join()}] } }`;
    const never = await start({ file: many }, token);
    expect([never.status, never.body.title]).toEqual([422, 'This workflow could have 6 runs a minute.']);
    refuse = new AppError({ code: 'input-invalid', message: 'No such step.' });
    const broken = await start({ file: '{' }, await served.addToken('tiny', { quota: { runs: 1, perMinute: 1 } }));
    refuse = null;
    expect([broken.status, broken.body.title]).toEqual([400, 'No such step.']);
  });
});

it.each(ERROR_CODES)('answers %s with the status of the table and our own sentences', async (code: ErrorCode) => {
  refuse = new AppError({ code, message: 'What happened.', why: 'Why.', next: 'Next.', details: '/home/me secret' });
  const { status, body, headers } = await post(script);
  refuse = null;
  expect(status).toBe(ERROR_STATUS[code]);
  expect(headers.get('content-type')).toContain('application/problem+json');
  expect(JSON.stringify(body)).not.toContain('secret');
  if (code !== 'internal')
    expect(body).toMatchObject({ code, title: 'What happened.', why: 'Why.', next: 'Next.', status });
  if (status === 503) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
});

it('keeps the text of unknown errors in the log', async () => {
  refuse = new Error('password=swordfish at /home/me');
  const { status, body } = await post(script);
  refuse = null;
  expect([status, JSON.stringify(body).includes('swordfish')]).toEqual([500, false]);
  expect(logged.join()).toContain('swordfish');
});

it('answers 503 without an engine, and says so in /health without a token', async () => {
  for (const state of ['none', 'lost'] as const) {
    served.core.engine(state);
    expect((await post(script)).status).toBe(503);
    const { status, body } = await ask('/health', { token: null });
    expect([status, body.status]).toEqual([503, 'no-engine']);
  }
  served.core.engine('ready');
  expect((await ask('/health', { token: null })).body).toEqual({
    status: 'ok',
    engine: 'ready',
    version: '0.0.0-test',
  });
});

it('never answers or logs a secret or a token', async () => {
  const texts = [
    await post({ ...script, secrets: { KEY: 'correct-horse' } }),
    await post({ ...script, secrets: { KEY: 'correct-horse' }, extra: 1 }),
    await post('{"secrets": {"KEY": "correct-horse"}'),
    await post({ ...script, secrets: { KEY: ['correct-horse'] } }),
  ].map(({ body }) => JSON.stringify(body));
  expect(texts.join()).not.toContain('correct-horse');
  expect(logged.join()).not.toMatch(/correct-horse|hunter|bgt_/);
  await served.core.runs.stopAll();
});
