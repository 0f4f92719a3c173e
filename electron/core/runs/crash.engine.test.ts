/** What is left after the app was killed without a word (RUN-10). */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHarness } from './testing/harness.ts';
import { imageEngine, type ImageEngine } from './testing/image-engine.ts';

let docker: ImageEngine;

beforeAll(async () => {
  docker = await imageEngine();
  const warm = await createHarness(docker.engine, docker.capabilities);
  await warm.run('bash', 'true');
  await warm.dispose();
}, 600_000);

afterAll(async () => {
  await docker?.dispose();
});

/** Starts the child, lets it begin its run, kills it this long afterwards. Resolves with the run's id when it told one. */
async function killAfter(folder: string, ms: number): Promise<string | undefined> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'testing', 'crash-child.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const told: string[] = [];
  const begun = new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error('the child ended by itself')));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      told.push(...text.split('\n').filter((line) => line !== ''));
      if (told[0] === 'ready') resolve();
    });
  });
  await begun;
  await sleep(ms);
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
  return told[1];
}

it.each([0, 20, 60, 100, 150, 200, 300, 500, 1000, 2000])(
  'leaves no container and a true history when the app is killed %i ms after the start (RUN-10)',
  async (ms) => {
    const folder = mkdtempSync(join(tmpdir(), 'bellglass-crash-'));
    const id = await killAfter(folder, ms);
    const next = await createHarness(docker.engine, docker.capabilities, folder);
    // A create call that was on its way when the app died can still take effect a moment later.
    await expect
      .poll(
        async () => {
          await next.runs.sweep(docker.engine);
          await sleep(500);
          return await next.left();
        },
        { timeout: 30_000 },
      )
      .toEqual([]);
    const history = next.runs.list();
    expect(history.map((run) => run.state)).toEqual(history.map(() => 'finished'));
    if (id !== undefined) {
      const run = await next.runs.get(id);
      expect(run.summary.verdict).toMatchObject({ outcome: 'engine-error', exitCode: null });
      const output = await next.runs.saveOutput(id);
      if (ms >= 1000) expect(output).toContain('line 1\n');
    }
    await next.dispose();
    rmSync(folder, { recursive: true, force: true });
  },
);
