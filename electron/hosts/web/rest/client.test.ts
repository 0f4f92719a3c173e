/** The typed client and one that is made from nothing but the document, both over HTTP (HOST-3). */
import { OpenAPIClientAxios } from 'openapi-client-axios';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { statusTable } from '#shared/contract/rest/rest-status.ts';
import type { RestStatus } from '#shared/contract/rest/rest.ts';
import type { RunEvent } from '#shared/domain/run.ts';
import { createRestClient, RestProblemError, type RestClient } from './client.ts';
import type { Document } from './testing/conform.ts';
import { serveScripted, type Served } from './testing/served.ts';

let served: Served;
let client: RestClient;
/** Of the scripted run named like this; half a second long. */
const EVENTS: RunEvent[] = [1, 2.001, 3].map((at) => ({ type: 'note', at, message: `n\n${at}` }));

beforeAll(async () => {
  served = await serveScripted(({ runs, files }) => {
    const { get } = runs;
    runs.get = async (id) => {
      const detail = await get(id);
      return { ...detail, events: EVENTS, summary: { ...detail.summary, verdict: detail.summary.verdict } };
    };
    runs.watch = async function* (_id, after = 0) {
      for (const event of EVENTS) if (event.at > after && after < 1000) yield [event];
    };
    runs.output = async function* () {
      yield { type: 'open', viewer: 'v', from: 0 };
      yield { type: 'chunk', chunk: { seq: 1, stream: 'stdout', at: 1, text: 'Grüße ' } };
      yield { type: 'chunk', chunk: { seq: 2, stream: 'stderr', at: 1, text: 'oops ' } };
      yield { type: 'chunk', chunk: { seq: 3, stream: 'stdout', at: 1, text: '🎉' } };
      yield { type: 'end', kept: 3, dropped: 0 };
    };
    files.read = async (_id, path, from, length) => {
      const all = Buffer.from(`${path}:${'x'.repeat(600_000)}`);
      return { bytes: all.subarray(from, from + length), size: all.length };
    };
  });
  client = createRestClient({ url: served.url, token: served.token });
});
afterAll(async () => served.dispose());

it('is made from the document alone and runs a script (HOST-3)', async () => {
  const definition = (await (await served.fetch('/openapi.json')).json()) as never;
  const api = new OpenAPIClientAxios({
    definition,
    withServer: { url: served.url },
    axiosConfigDefaults: { headers: { Authorization: `Bearer ${served.token}` }, validateStatus: () => true },
  });
  const made = await api.getClient();
  const call = async (name: string, params: object | null, body?: object) =>
    (await made[name]?.(params as never, body)) as { status: number; data: RestStatus };
  const begun = await call('execute', null, { script: 'print(1)', language: 'python' });
  expect(begun.status).toBe(202);
  expect((await call('status', { id: begun.data.id })).data).toMatchObject({ id: begun.data.id });
  expect((await call('cancel', { id: begun.data.id })).status).toBe(200);
  expect((await call('health', null)).data).toMatchObject({ status: 'ok' });
  expect((await call('execute', null, { script: '' })).status).toBe(400);
  expect(
    Object.keys(made).filter((name) => ['events', 'output', 'file', 'metrics', 'document'].includes(name)),
  ).toHaveLength(5);
});

it('is told every status with its codes by the document (HOST-3)', async () => {
  const { info, paths } = (await (await served.fetch('/openapi.json')).json()) as Document;
  const answered = new Set(
    Object.values(paths).flatMap((methods) =>
      Object.values(methods).flatMap(({ responses }) => Object.keys(responses)),
    ),
  );
  for (const { status, codes } of statusTable()) {
    expect(answered).toContain(String(status));
    expect(info.description).toContain(`| ${status} | ${codes.map((code) => `\`${code}\``).join(', ')} |`);
  }
});

it('follows events by their ids, and goes on behind the last one', async () => {
  const { id } = await client.execute({ script: 'x', language: 'python' });
  const all = [];
  for await (const { id: at, event } of client.events(id)) all.push([at, event]);
  expect(all).toEqual(EVENTS.map((event) => [String(event.at), event]));
  const rest = [];
  for await (const { event } of client.events(id, '2.001')) rest.push(event);
  expect(rest).toEqual([EVENTS[2]]);
  for (const bad of ['x', '-1', 'NaN', 'Infinity'])
    expect((await served.fetch(`/runs/${id}/events`, { headers: { 'Last-Event-ID': bad } })).status).toBe(400);
  await client.cancel(id);
  await expect.poll(async () => (await client.status(id)).state).toBe('finished');
  const over = await served.fetch(`/runs/${id}/events`, { headers: { 'Last-Event-ID': '3' } });
  expect([over.status, await over.text()]).toEqual([204, '']);
});

it('reads output whole or of one stream, and files piece by piece', async () => {
  const { id } = await client.execute({ script: 'x', language: 'python' });
  const read = async (stream?: 'stdout' | 'stderr'): Promise<string> => {
    let text = '';
    for await (const piece of client.output(id, stream)) text += piece;
    return text;
  };
  expect([await read(), await read('stdout'), await read('stderr')]).toEqual(['Grüße oops 🎉', 'Grüße 🎉', 'oops ']);
  expect((await served.fetch(`/runs/${id}/output?stream=both`)).status).toBe(400);
  const file = await client.file(id, 'a b/ü%.txt');
  expect(Buffer.from(file).toString()).toBe(`a b/ü%.txt:${'x'.repeat(600_000)}`);
  const answer = await served.fetch(`/runs/${id}/files/page.html`);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'application/octet-stream',
    'content-disposition': 'attachment',
    'x-content-type-options': 'nosniff',
  });
  await answer.body?.cancel();
});

it('throws problems with their code, and says when to try again', async () => {
  const token = await served.addToken('tiny', { quota: { runs: null, perMinute: 1 } });
  const tiny = createRestClient({ url: served.url, token });
  await tiny.execute({ script: 'x', language: 'bash' });
  const full = await tiny.execute({ script: 'x', language: 'bash' }).catch((error: unknown) => error);
  expect(full).toBeInstanceOf(RestProblemError);
  expect(full).toMatchObject({ problem: { status: 429, code: 'plan-refused' }, retryAfter: 60 });
  const stranger = createRestClient({
    url: served.url,
    token: 'x',
    fetch: async () => new Response('<html>', { status: 502 }),
  });
  await expect(stranger.status('x')).rejects.toMatchObject({ problem: { status: 502, code: 'internal' } });
  expect(await client.metrics()).toContain('bellglass_runs_active');
  expect(await client.health()).toMatchObject({ engine: 'ready' });
});
