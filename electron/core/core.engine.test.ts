/** The whole core on a real engine that dies and comes back (ENG-5). */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LABEL } from '#shared/domain/labels.ts';
import { undisposedStores } from '#shared/lib/lifecycle.ts';
import { toBase64, utf8 } from '#shared/script/bytes.ts';
import type { Core } from './core.ts';
import { createCore } from './create-core.ts';
import { copyImage, startTestDocker, whyNoTestEngine } from './engine/testing/index.ts';
import { instanceId } from './runs/owner.ts';
import { imageEngine, type ImageEngine } from './runs/testing/image-engine.ts';
import { silentLog } from './storage/log.ts';

const homes: string[] = [];
let docker: ImageEngine;

/** A core with data of its own that has found its engine. */
async function coreAt(address: string): Promise<Core & { readonly data: string }> {
  const home = mkdtempSync(join(tmpdir(), 'bellglass-core-'));
  homes.push(home);
  const data = join(home, 'data');
  const core = await createCore({
    host: 'cli',
    hostWhy: 'test',
    paths: { config: join(home, 'config'), data, assets: resolve(import.meta.dirname, '../../assets'), renderer: '' },
    env: { DOCKER_HOST: address, PATH: process.env['PATH'] },
    version: '0.0.0',
    log: silentLog,
  });
  for await (const status of core.system.watchEngine()) if (status.state === 'ready') break;
  return { ...core, data };
}

beforeAll(async () => {
  docker = await imageEngine();
}, 600_000);

afterAll(async () => {
  expect(undisposedStores()).toEqual([]);
  await docker?.dispose();
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});

const launch = (script: string): Parameters<Core['runs']['start']>[0] => ({
  name: 'script.sh',
  entry: 'script.sh',
  files: [{ path: 'script.sh', content: toBase64(utf8(script)) }],
  stdin: null,
});

it('proves itself in three lines (self-check)', async () => {
  const core = await coreAt(docker.address);
  const lines = [];
  for await (const line of core.system.selfCheck()) lines.push(line);
  expect(lines.map((line) => [line.id, line.ok, line.detail])).toEqual([
    ['tidy', true, expect.any(String)],
    ['memory', true, expect.any(String)],
    ['network', true, expect.any(String)],
  ]);
  expect(core.runs.list()).toEqual([]);
  await core.dispose();
});

// An engine of its own: files side by side use the other one.
it.skipIf(whyNoTestEngine('docker') !== null)(
  'ends a run as engine-lost when its engine is killed, keeps its output, reconnects and removes what was left (ENG-5)',
  async () => {
    const engine = await startTestDocker();
    const core = await coreAt(engine.address.url);
    try {
      const bash = (await core.system.images()).find(({ runtime }) => runtime === 'bash');
      await copyImage(bash?.reference ?? '', docker.address, engine.address.url);
      const { id } = await core.runs.start(launch('for i in $(seq 600); do echo "line $i"; sleep 0.1; done'));
      await expect.poll(() => core.runs.saveOutput(id), { timeout: 60_000 }).toContain('line 3');
      process.kill(engine.pid, 'SIGKILL');
      await expect
        .poll(async () => (await core.runs.get(id)).summary.verdict?.outcome, { timeout: 30_000 })
        .toBe('engine-lost');
      expect(await core.runs.saveOutput(id)).toContain('line 3');
      await engine.restart();
      await expect.poll(() => core.system.engineStatus().state, { timeout: 60_000 }).toBe('ready');
      await expect
        .poll(async () => (await engine.engine.containers({ [LABEL.instance]: instanceId(core.data) })).length, {
          timeout: 60_000,
        })
        .toBe(0);
      const again = await core.runs.start(launch('echo back'));
      await expect
        .poll(async () => (await core.runs.get(again.id)).summary.verdict?.outcome, { timeout: 60_000 })
        .toBe('succeeded');
    } finally {
      await core.dispose();
      await engine.dispose();
    }
  },
);
