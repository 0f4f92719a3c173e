/** A workflow whose app was killed without a word: said so, nothing left, and run on from where it was (WF-1, RUN-10). */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { imageEngine, type ImageEngine } from '../runs/testing/image-engine.ts';
import { createWorld } from './testing/world.ts';

let docker: ImageEngine;

beforeAll(async () => {
  docker = await imageEngine();
  const warm = await createWorld(docker);
  await warm.harness.run('bash', 'true');
  await warm.harness.run('python', 'pass');
  await warm.dispose();
}, 600_000);

afterAll(async () => {
  await docker?.dispose();
});

/** Starts the child, waits until its second step has begun, kills it. */
async function killHalfWay(folder: string): Promise<string> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'testing', 'crash-child.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [id] = await new Promise<string[]>((resolve, reject) => {
    child.once('exit', () => reject(new Error('the child ended by itself')));
    child.stdout.setEncoding('utf8').once('data', (text: string) => resolve(text.split(' ')));
  });
  // What became of it is written a moment later.
  await sleep(500);
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
  return id ?? '';
}

it('is interrupted when the app is killed half-way, leaves nothing, and runs on with the results of before (WF-1, RUN-10)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bellglass-flow-'));
  const id = await killHalfWay(folder);
  const next = await createWorld(docker, folder);
  const { summary, steps } = next.workflows.get(id);
  expect(summary).toMatchObject({ state: 'finished', outcome: 'interrupted' });
  expect(steps).toMatchObject([
    { id: 'first', state: 'succeeded', outcome: 'succeeded' },
    { id: 'second', state: 'failed', why: 'Bellglass ended while it ran.', outcome: 'engine-error' },
    { id: 'third', state: 'not-reached', why: 'Bellglass ended before it.' },
  ]);
  expect(next.told).toMatchObject([{ id, outcome: 'interrupted' }]);
  const run = await next.harness.runs.get(steps[1]?.runs[0] ?? '');
  expect(run.summary).toMatchObject({ state: 'finished', workflow: { id, workflow: 'long', step: 'second' } });
  expect(next.harness.runs.list().filter(({ state }) => state !== 'finished')).toEqual([]);
  await expect
    .poll(
      async () => {
        await next.harness.runs.sweep(docker.engine);
        await sleep(500);
        return await next.harness.left();
      },
      { timeout: 30_000 },
    )
    .toEqual([]);
  await next.workflows.retry(id, 'second', {});
  await expect.poll(() => next.workflows.get(id).steps[1]?.runs.length, { timeout: 20_000 }).toBe(2);
  const again = next.workflows.get(id);
  expect(again.steps[0]?.runs).toHaveLength(1);
  const given = await next.harness.runs.get(again.steps[1]?.runs[0] ?? '');
  expect(given.summary.workflow?.step).toBe('second');
  await next.workflows.stop(id);
  expect(next.workflows.get(id).summary.outcome).toBe('cancelled');
  await next.dispose();
  rmSync(folder, { recursive: true, force: true });
});

it('is interrupted when the app closes, and none of its runs stays (WF-1, RUN-14)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bellglass-flow-'));
  const world = await createWorld(docker, folder);
  const id = await world.start(
    'workflows:\n  w:\n    steps:\n      - { id: a, run: sleep 60 }\n      - { id: b, run: echo }\n',
  );
  await expect.poll(() => world.workflows.get(id).steps[0]?.runs.length).toBe(1);
  await world.close();
  const next = await createWorld(docker, folder);
  expect(next.workflows.get(id)).toMatchObject({
    summary: { state: 'finished', outcome: 'interrupted' },
    steps: [{ state: 'failed' }, { state: 'not-reached' }],
  });
  expect(next.harness.runs.list()).toMatchObject([{ state: 'finished', verdict: { outcome: 'cancelled' } }]);
  expect(await next.harness.left()).toEqual([]);
  await next.dispose();
});
