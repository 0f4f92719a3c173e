/** The whole core on a real engine that dies and comes back (ENG-5). */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LABEL } from '#shared/domain/labels.ts';
import { undisposedStores } from '#shared/lib/lifecycle.ts';
import { toBase64, utf8 } from '#shared/script/bytes.ts';
import type { Core } from './core.ts';
import { createCore } from './create-core.ts';
import { instanceId } from './runs/owner.ts';
import { imageEngine, TEST_ENGINE_HOME, type ImageEngine } from './runs/testing/image-engine.ts';
import { silentLog } from './storage/log.ts';

const home = mkdtempSync(join(tmpdir(), 'bellglass-core-'));
const data = join(home, 'data');
let docker: ImageEngine;
let core: Core;

beforeAll(async () => {
  docker = await imageEngine();
  core = await createCore({
    host: 'cli',
    hostWhy: 'test',
    paths: { config: join(home, 'config'), data, assets: resolve(import.meta.dirname, '../../assets'), renderer: '' },
    env: { DOCKER_HOST: docker.address, PATH: process.env['PATH'] },
    version: '0.0.0',
    log: silentLog,
  });
  for await (const status of core.system.watchEngine()) if (status.state === 'ready') break;
}, 600_000);

afterAll(async () => {
  await core?.dispose();
  expect(undisposedStores()).toEqual([]);
  await docker?.dispose();
  rmSync(home, { recursive: true, force: true });
});

const launch = (script: string): Parameters<Core['runs']['start']>[0] => ({
  name: 'script.sh',
  entry: 'script.sh',
  files: [{ path: 'script.sh', content: toBase64(utf8(script)) }],
  stdin: null,
});

it('proves itself in three lines (self-check)', async () => {
  const lines = [];
  for await (const line of core.system.selfCheck()) lines.push(line);
  expect(lines.map((line) => [line.id, line.ok, line.detail])).toEqual([
    ['tidy', true, expect.any(String)],
    ['memory', true, expect.any(String)],
    ['network', true, expect.any(String)],
  ]);
  expect(core.runs.list()).toEqual([]);
});

it('ends a run as engine-lost when its engine is killed, keeps its output, reconnects and removes what was left (ENG-5)', async () => {
  const { id } = await core.runs.start(launch('for i in $(seq 600); do echo "line $i"; sleep 0.1; done'));
  await expect.poll(() => core.runs.saveOutput(id), { timeout: 60_000 }).toContain('line 3');
  const pidFile = readFileSync(join(TEST_ENGINE_HOME, 'engine', 'engine.conf'), 'utf8');
  const { pidfile } = JSON.parse(pidFile) as { pidfile: string };
  process.kill(Number(readFileSync(pidfile, 'utf8')), 'SIGKILL');
  await expect
    .poll(async () => (await core.runs.get(id)).summary.verdict?.outcome, { timeout: 30_000 })
    .toBe('engine-lost');
  expect(await core.runs.saveOutput(id)).toContain('line 3');
  await expect.poll(() => core.system.engineStatus().state, { timeout: 60_000 }).toBe('ready');
  await expect
    .poll(async () => (await docker.engine.containers({ [LABEL.instance]: instanceId(data) })).length, {
      timeout: 60_000,
    })
    .toBe(0);
  const again = await core.runs.start(launch('echo back'));
  await expect
    .poll(async () => (await core.runs.get(again.id)).summary.verdict?.outcome, { timeout: 60_000 })
    .toBe('succeeded');
});
