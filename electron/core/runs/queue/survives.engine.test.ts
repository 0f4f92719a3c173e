/** A queue that survives the app, however it ends (RUN-8). */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHarness, type Harness } from '../testing/harness.ts';
import { imageEngine, type ImageEngine } from '../testing/image-engine.ts';
import { fillQueue, SECRET, type Filled } from '../testing/waiting-runs.ts';

let docker: ImageEngine;
let folder: string;

beforeAll(async () => {
  docker = await imageEngine();
  const warm = await createHarness(docker.engine, docker.capabilities);
  await warm.run('bash', 'true');
  await warm.dispose();
}, 600_000);
afterAll(async () => {
  await docker?.dispose();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bellglass-queue-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (): Promise<Harness> => createHarness(docker.engine, docker.capabilities, folder);

/** Kills it without a word once its queue is on disk. */
async function killed(): Promise<Filled> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'testing', 'queue-child.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const told = await new Promise<string>((resolve, reject) => {
    let seen = '';
    child.once('exit', () => reject(new Error('the child ended by itself')));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      seen += text;
      if (seen.includes('\n')) resolve(seen);
    });
  });
  child.kill('SIGKILL');
  await gone;
  return JSON.parse(told) as Filled;
}

async function quit(): Promise<Filled> {
  const harness = await open();
  const filled = await fillQueue(harness);
  await harness.close();
  return filled;
}

/** Every byte that is kept. */
function kept(): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1')).join('\n');
}

describe.each([
  ['kill -9', killed, 'engine-error'],
  ['a quit', quit, 'cancelled'],
])('after %s', (_, end, outcome) => {
  it('who waited runs at the next start, in the order of then, each with what it was given (RUN-8)', async () => {
    const { going, waiting, withSecret } = await end();
    const next = await open();
    next.knobs.limit = 1;
    const states = new Map(next.runs.list().map((run) => [run.id, run.state]));
    expect([...waiting, withSecret].map((id) => states.get(id))).toEqual(['queued', 'queued', 'queued', 'queued']);
    expect((await next.runs.get(going)).summary.verdict?.outcome).toBe(outcome);
    expect(await next.runs.bringBack()).toBe(4);
    const ended = await Promise.all(waiting.map((id) => next.finished(id)));
    expect(ended.map(({ output }) => output)).toEqual(['{"from":"input"}\n', 'from a file\none red\n', 'from stdin\n']);
    const begun = ended.map(({ detail }) => detail.summary.startedAt!);
    expect(begun).toEqual(begun.toSorted((a, b) => a - b));
    expect(ended[0]!.events).toContainEqual(
      expect.objectContaining({ type: 'note', message: expect.stringContaining('kept its place in the queue') }),
    );
    await next.runs.stop(withSecret);
    await next.finished(withSecret);
    await next.close();
    const last = await open();
    expect(await last.runs.bringBack(), 'nothing comes back twice').toBe(0);
    await last.close();
  });
});

it('a run with secrets comes back without them, is not begun before it has them again, and they are never on disk (RUN-4, RUN-8)', async () => {
  const { waiting, withSecret } = await quit();
  expect(kept()).toContain(withSecret);
  for (let turn = 0; turn < 2; turn += 1) {
    const back = await open();
    await back.runs.bringBack();
    for (const id of waiting) await back.runs.stop(id);
    const { state, waitsFor, secretsWanted } = (await back.runs.get(withSecret)).summary;
    expect({ state, waitsFor, secretsWanted }).toEqual({
      state: 'queued',
      waitsFor: 'its secrets: KEY',
      secretsWanted: ['KEY'],
    });
    expect(back.runs.queue()).toEqual([]);
    await expect(back.runs.giveSecrets(withSecret, {})).rejects.toMatchObject({ code: 'input-invalid' });
    await expect(back.runs.giveSecrets(withSecret, { KEY: 'x', MORE: 'y' })).rejects.toMatchObject({
      code: 'input-invalid',
    });
    await back.close();
  }
  const next = await open();
  await next.runs.bringBack();
  await next.runs.giveSecrets(withSecret, { KEY: SECRET });
  const { output, detail } = await next.finished(withSecret);
  expect(output).toBe(`${SECRET.length}\n`);
  expect(detail.summary).not.toHaveProperty('secretsWanted');
  await expect(next.runs.giveSecrets(withSecret, { KEY: SECRET })).rejects.toMatchObject({ code: 'input-invalid' });
  await next.close();
  expect(kept()).toContain('KEY');
  expect(kept()).not.toContain(SECRET);
});

it('leaves to a process that lives what is its own, and gives each run to one of two that ask (RUN-8)', async () => {
  const first = await open();
  await fillQueue(first);
  const second = await open();
  expect(await second.runs.bringBack()).toBe(0);
  await first.close();
  const third = await open();
  const [a, b] = await Promise.all([second.runs.bringBack(), third.runs.bringBack()]);
  expect(a + b).toBe(4);
  for (const one of [second, third]) {
    await one.runs.stopAll();
    await one.close();
  }
});

it('ends a run whose files are gone, and says so (RUN-8)', async () => {
  const { waiting } = await quit();
  for (const id of waiting) rmSync(join(folder, 'runs', `${id}.launch`));
  const next = await open();
  expect(await next.runs.bringBack()).toBe(1);
  const { summary } = await next.runs.get(waiting[0]!);
  expect(summary).toMatchObject({ state: 'finished', verdict: { outcome: 'engine-error' } });
  expect(summary.verdict?.reason).toContain('was not kept');
  expect(next.runs.list().find(({ id }) => id === waiting[0])?.state).toBe('finished');
  await next.runs.stopAll();
  await next.close();
});

describe('a large launch', () => {
  const size = 300_000;
  const launch = {
    files: [
      { path: 'script.sh', content: btoa('cksum data.bin | cut -d" " -f2; cat | wc -c; echo "${#KEY}"') },
      { path: 'data.bin', content: Buffer.alloc(size, 7).toString('base64') },
    ],
    stdin: 'x'.repeat(100_000),
    secrets: { KEY: SECRET },
  };

  async function behindOne(harness: Harness): Promise<{ first: string; id: string }> {
    harness.knobs.limit = 1;
    const first = await harness.start('bash', 'echo on; sleep 600');
    await harness.printed(first, 'on');
    const id = await harness.start('bash', '', launch);
    await expect.poll(() => harness.runs.queueIsKept()).toBe(true);
    return { first, id };
  }

  it('is on disk alone while it waits, and begins with all that it was given (RUN-8)', async () => {
    const harness = await open();
    const { first, id } = await behindOne(harness);
    await harness.runs.stop(first);
    expect((await harness.finished(id)).output).toBe(`${size}\n100000\n${SECRET.length}\n`);
    await harness.close();
  });

  it('ends with the reason when it is not there any more (RUN-8)', async () => {
    const harness = await open();
    const { first, id } = await behindOne(harness);
    rmSync(join(folder, 'runs', `${id}.launch`));
    await harness.runs.stop(first);
    const { detail } = await harness.finished(id);
    expect(detail.summary.verdict?.reason).toContain('could not be read again');
    await harness.close();
  });
});
