/** The web host against a hostile neighbour: other pages, other hosts, no token, dead and flooding viewers (HOST-2). */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createRouter } from '#core/rpc/router.ts';
import { createScriptedCore } from '#core/rpc/testing/scripted-core.ts';
import { silentLog } from '#core/storage/log.ts';
import { CLOSE } from '#shared/contract/handshake.ts';
import type { Contract } from '#shared/contract/index.ts';
import { startWebHost } from './web-host.ts';
import type { WebHost } from './web-host.ts';

let host: WebHost;
let folder: string;
const core = createScriptedCore();
const router = createRouter(core, { takeOpened: async () => null });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bellglass-web-'));
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Bellglass</title>');
  host = await startWebHost({ router, log: silentLog, renderer: folder, port: 0, orNext: false, tokenWithinMs: 200 });
});
afterAll(async () => {
  await host.dispose();
  await core.dispose();
  await rm(folder, { recursive: true });
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

async function get(headers: Record<string, string> = {}, path = '/', method = 'GET'): Promise<Answer> {
  const sent = request({ host: '127.0.0.1', port: host.port, path, method, headers });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode ?? 0, headers: response.headers, body };
}

const own = (): string => `http://127.0.0.1:${host.port}`;

function socket(origin: string | undefined = own(), headers: Record<string, string> = {}, path = '/rpc'): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${host.port}${path}`, { ...(origin && { origin }), headers });
}

async function closeOf(viewer: WebSocket): Promise<{ code: number; reason: string }> {
  const [code, reason] = (await once(viewer, 'close')) as [number, Buffer];
  return { code, reason: reason.toString() };
}

async function upgradeStatus(viewer: WebSocket): Promise<number> {
  const [, response] = (await once(viewer, 'unexpected-response')) as [unknown, { statusCode: number; resume(): void }];
  response.resume();
  return response.statusCode;
}

it('goes on when a new build removes the files of the old one', async () => {
  const old = join(folder, 'old.js');
  await writeFile(old, 'export {};');
  expect((await get({}, '/old.js')).status).toBe(200);
  await rm(old);
  expect((await get({}, '/old.js')).status).toBe(404);
  expect((await get()).status).toBe(200);
});

it('serves the page with a policy that lets nothing in from elsewhere', async () => {
  const { status, headers, body } = await get();
  expect(status).toBe(200);
  expect(body).toContain('Bellglass');
  const policy = headers['content-security-policy'] as string;
  for (const part of [
    "default-src 'none'",
    "script-src 'self'",
    `ws://127.0.0.1:${host.port}`,
    "frame-ancestors 'none'",
  ]) {
    expect(policy).toContain(part);
  }
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  });
  expect(headers['access-control-allow-origin']).toBeUndefined();
  expect(headers['set-cookie']).toBeUndefined();
});

it.each([
  ['a name that was rebound to this computer', { Host: 'evil.example' }],
  ['the right name with another port', { Host: '127.0.0.1:1' }],
  ['the name without a port', { Host: '127.0.0.1' }],
  ['another page', { Origin: 'http://evil.example' }],
  ['another port of this computer', { Origin: 'http://127.0.0.1:1' }],
  ['a sandboxed frame', { Origin: 'null' }],
  ['the right host over https', { Origin: 'https://127.0.0.1' }],
])('refuses requests from %s with a plain sentence', async (_from, headers) => {
  const { status, body, headers: answered } = await get(headers);
  expect(status).toBe(403);
  expect(body).toMatch(/^Bellglass answers .*\.\n$/);
  expect(answered['access-control-allow-origin']).toBeUndefined();
});

it('answers GET and HEAD only', async () => {
  expect((await get({}, '/', 'POST')).status).toBe(405);
  expect((await get({}, '/', 'OPTIONS')).status).toBe(405);
});

it('serves no file beside the page', async () => {
  for (const path of ['/../web-host.ts', '/..%2f..%2fetc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '//etc/passwd']) {
    expect((await get({}, path)).body).not.toContain('root:');
  }
});

it.each([
  ['without an origin', undefined, {}],
  ['from another page', 'http://evil.example', {}],
  ['from another port of this computer', 'http://127.0.0.1:1', {}],
  ['under a rebound name', undefined, { Host: 'evil.example', Origin: 'http://evil.example' }],
])('refuses the upgrade %s', async (_name, origin, headers) => {
  const viewer = new WebSocket(`ws://127.0.0.1:${host.port}/rpc`, { ...(origin && { origin }), headers });
  expect(await upgradeStatus(viewer)).toBe(403);
});

it('refuses an upgrade elsewhere than at the contract', async () => {
  expect(await upgradeStatus(socket(own(), {}, '/other'))).toBe(404);
});

it('closes with a code and a reason when the token is wrong, malformed or absent', async () => {
  const wrong = socket();
  wrong.on('open', () => wrong.send(JSON.stringify({ token: 'x'.repeat(43) })));
  expect(await closeOf(wrong)).toEqual({ code: CLOSE.wrongToken, reason: 'the token is not the one of this start' });
  for (const first of ['', '{}', '[]', 'null', JSON.stringify({ token: 5 }), host.token]) {
    const malformed = socket();
    malformed.on('open', () => malformed.send(first));
    expect((await closeOf(malformed)).code).toBe(CLOSE.malformed);
  }
  const binary = socket();
  binary.on('open', () => binary.send(Buffer.from(JSON.stringify({ token: host.token }))));
  expect((await closeOf(binary)).code).toBe(CLOSE.malformed);
  expect((await closeOf(socket())).code).toBe(CLOSE.late);
});

it('answers no call before the token came', async () => {
  const viewer = socket();
  const answers: unknown[] = [];
  viewer.on('message', (data) => answers.push(data));
  viewer.on('open', () => viewer.send(JSON.stringify({ i: '1', p: { u: '/runs/list' } })));
  expect((await closeOf(viewer)).code).toBe(CLOSE.malformed);
  expect(answers).toEqual([]);
});

it('serves several viewers, each after its own token', async () => {
  const viewers = await Promise.all(
    [1, 2, 3].map(async () => {
      const viewer = socket();
      await once(viewer, 'open');
      viewer.send(JSON.stringify({ token: host.token }));
      await once(viewer, 'message');
      return createORPCClient<ContractRouterClient<Contract>>(new RPCLink({ websocket: viewer }));
    }),
  );
  for (const client of viewers) expect(await client.runs.list()).toEqual([]);
});

it('ends a viewer that sends more than 32 MiB at once, and goes on for others', async () => {
  const viewer = socket();
  await once(viewer, 'open');
  viewer.on('error', () => undefined);
  viewer.send('x'.repeat(33 * 1024 * 1024));
  await once(viewer, 'close');
  expect((await get()).status).toBe(200);
});

it('survives a neighbour that speaks no HTTP', async () => {
  const raw = connect(host.port, '127.0.0.1');
  raw.end('\0\0\0\0\r\n\r\n');
  raw.resume();
  await once(raw, 'close');
  expect((await get()).status).toBe(200);
});

it('listens on the loopback address only, with 32 random bytes in the fragment', async () => {
  const url = new URL(host.url);
  expect(url.hostname).toBe('127.0.0.1');
  expect(Buffer.from(new URLSearchParams(url.hash.slice(1)).get('token') ?? '', 'base64url')).toHaveLength(32);
  expect(url.search).toBe('');
});

it('says what to do when the port asked for is taken, and takes the next one when none was asked for', async () => {
  const options = { router, log: silentLog, renderer: folder, port: host.port };
  await expect(startWebHost({ ...options, orNext: false })).rejects.toMatchObject({
    code: 'input-invalid',
    next: expect.stringContaining('--port') as string,
  });
  const second = await startWebHost({ ...options, orNext: true });
  expect(second.port).toBeGreaterThan(host.port);
  await second.dispose();
});

it('says how to build the page when it is not there', async () => {
  const bare = await startWebHost({ router, log: silentLog, renderer: join(folder, 'none'), port: 0, orNext: false });
  const response = await fetch(bare.url);
  expect(response.status).toBe(404);
  expect(await response.text()).toContain('npm start');
  await bare.dispose();
});

it('closes every viewer when it is disposed of', async () => {
  const other = await startWebHost({ router, log: silentLog, renderer: folder, port: 0, orNext: false });
  const viewer = new WebSocket(`ws://127.0.0.1:${other.port}/rpc`, { origin: `http://127.0.0.1:${other.port}` });
  await once(viewer, 'open');
  const closed = once(viewer, 'close');
  await other.dispose();
  await closed;
});
