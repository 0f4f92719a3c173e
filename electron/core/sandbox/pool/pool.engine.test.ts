/** Warm sandboxes on a real engine (RUN-11): one run each, the same rules, nothing left. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LABEL } from '#shared/domain/labels.ts';
import { toBase64, utf8 } from '#shared/script/bytes.ts';
import type { Engine, ImageInfo } from '../../engine/port.ts';
import { createHarness, type Finished, type Harness } from '../../runs/testing/harness.ts';
import { imageEngine, type ImageEngine } from '../../runs/testing/image-engine.ts';
import { Sandbox } from '../sandbox.ts';
import type { SandboxWish } from './key.ts';

let docker: ImageEngine;
let harness: Harness;
/** Calls of the engine that a test lets fail, or wants to see before they are made. */
let before: Partial<Record<keyof Engine, (...args: unknown[]) => void>> = {};
/** What a test has an image look like, as if somebody had built another one under its name. */
let rebuilt: ((image: ImageInfo) => ImageInfo) | null = null;
let wishes: SandboxWish[] = [];

function watched(engine: Engine): Engine {
  return new Proxy(engine, {
    get(target, name) {
      const value = Reflect.get(target, name, target) as unknown;
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]) => {
        before[name as keyof Engine]?.(...args);
        const answer = await (value as (...all: unknown[]) => Promise<unknown>).apply(target, args);
        return name === 'image' && rebuilt && answer ? rebuilt(answer as ImageInfo) : answer;
      };
    },
  });
}

beforeAll(async () => {
  docker = await imageEngine();
  const first = await createHarness(docker.engine, docker.capabilities);
  for (const runtime of ['bash', 'python'] as const) await first.run(runtime, '1');
  await first.dispose();
}, 600_000);

beforeEach(async () => {
  before = {};
  rebuilt = null;
  wishes = [];
  harness = await createHarness(watched(docker.engine), docker.capabilities);
  harness.knobs.warmPool = true;
  const { pool } = harness;
  const take = pool.take.bind(pool);
  pool.take = (runId, wish) => {
    wishes.push(wish);
    return take(runId, wish);
  };
});

afterEach(async () => {
  await harness.dispose();
  const left = await docker.engine.containers({ [LABEL.app]: '1', [LABEL.instance]: harness.instance });
  expect(left).toEqual([]);
});

afterAll(async () => {
  await docker?.dispose();
});

/** Every container of the harness, waiting ones too. */
const all = async (): Promise<string[]> =>
  (await docker.engine.containers({ [LABEL.app]: '1', [LABEL.instance]: harness.instance })).map(({ id }) => id);

/** Waits until so many wait and nothing is on its way. */
async function waiting(count: number): Promise<void> {
  await expect
    .poll(() => harness.pool.status().sizes.map(({ waiting: there, making }) => [there, making]), { timeout: 60_000 })
    .toEqual([[count, 0]]);
}

const containerOf = (run: Finished): string => run.detail.container?.id ?? '';
const startOf = (run: Finished): unknown => run.detail.container?.warm;
const outcome = (run: Finished): unknown => run.detail.summary.verdict?.outcome;

describe('a warm run (RUN-11)', () => {
  it('takes a sandbox that waited, says so, and leaves it to nobody after it', async () => {
    const script =
      'ls -A /workspace /tmp; echo mine > /workspace/mine; echo mine > /tmp/mine; set -- /proc/[0-9]*; echo $#';
    const cold = await harness.run('bash', script);
    expect(startOf(cold)).toBe(false);
    expect(cold.detail.timings.claim).toBeUndefined();
    const seen = new Set([containerOf(cold)]);
    for (let i = 0; i < 5; i++) {
      await expect.poll(() => harness.pool.status().waiting, { timeout: 60_000 }).toBeGreaterThan(0);
      const warm = await harness.run('bash', script);
      expect(outcome(warm)).toBe('succeeded');
      expect(startOf(warm)).toBe(true);
      expect(warm.output).toBe(cold.output);
      expect(warm.detail.timings.claim).toBeGreaterThanOrEqual(0);
      expect(warm.detail.timings.create).toBeUndefined();
      expect(seen).not.toContain(containerOf(warm));
      seen.add(containerOf(warm));
      await expect.poll(() => docker.engine.container(containerOf(warm)), { timeout: 30_000 }).toBeNull();
    }
    expect(harness.pool.status()).toMatchObject({ hits: 5, misses: 1 });
  });

  it('gives every one of twenty runs at once a sandbox of its own', async () => {
    for (let i = 0; i < 3; i++) await harness.run('bash', 'true');
    await waiting(4);
    const ids = await Promise.all(Array.from({ length: 20 }, (_, i) => harness.start('bash', `echo ${i}; sleep 0.2`)));
    const runs = await Promise.all(ids.map((id) => harness.finished(id)));
    expect(runs.map(({ output }) => output)).toEqual(runs.map((_, i) => `${i}\n`));
    expect(new Set(runs.map(containerOf)).size).toBe(20);
    expect(runs.filter((run) => startOf(run) === true).length).toBeGreaterThanOrEqual(4);
  });

  it('cannot have the sandbox of another run, however it is tried', async () => {
    await harness.run('bash', 'true');
    await waiting(1);
    const [wish] = wishes;
    const first = harness.pool.take('one', wish!);
    expect(first.sandbox).toBeInstanceOf(Sandbox);
    expect(harness.pool.take('two', wish!).sandbox).toBeNull();
    const sandbox = first.sandbox!;
    expect(() => sandbox.claim('two')).toThrow('claimed twice');
    const script = await sandbox.inject(new TextEncoder().encode('00000000'));
    await expect(sandbox.inject(new Uint8Array())).rejects.toThrow('claimed twice');
    script.streams.destroy();
    await sandbox.remove();
    expect(() => sandbox.claim('three')).toThrow('claimed twice');
  });

  it('cannot begin in a sandbox that nobody claimed, nor claim one that was removed', async () => {
    await harness.run('bash', 'true');
    const wish = wishes[0]!;
    const make = async (): Promise<Sandbox> =>
      await Sandbox.create(docker.engine, {
        runId: `test-${Math.random().toString(36).slice(2)}`,
        waiting: true,
        image: wish.imageId,
        options: wish.options,
        seccompProfile: wish.seccompProfile,
        labels: { [LABEL.instance]: harness.instance },
        tty: false,
      });
    const unclaimed = await make();
    await expect(unclaimed.inject(new Uint8Array())).rejects.toThrow('by nobody');
    await unclaimed.remove();
    expect(() => unclaimed.claim('late')).toThrow('claimed twice');
  });

  it('has exactly its own limits, whatever those of the waiting one were', async () => {
    const hungry = 'held = bytearray(90 << 20); print(len(held))';
    const roomy = { set: { 'resources.memory': '200 MiB' } };
    const tight = { set: { 'resources.memory': '64 MiB' } };
    expect((await harness.run('python', hungry, roomy)).output).toBe(`${90 << 20}\n`);
    await waiting(1);
    const stopped = await harness.run('python', hungry, tight);
    expect([startOf(stopped), outcome(stopped)]).toEqual([true, 'out-of-memory']);
    await expect.poll(() => harness.pool.status().waiting, { timeout: 60_000 }).toBeGreaterThan(0);
    const passed = await harness.run('python', hungry, roomy);
    expect([startOf(passed), passed.output]).toEqual([true, `${90 << 20}\n`]);
  });

  it('has exactly its own process limit, and path rules and folder of its own', async () => {
    const forks = `import os, time
made = 1
for _ in range(12):
    try:
        if os.fork() == 0: time.sleep(1); os._exit(0)
        made += 1
    except OSError: break
print(made, os.getcwd())`;
    const run = (processes: string, folder: string): Promise<Finished> =>
      harness.run('python', forks, { set: { 'resources.processes': processes, 'run.working_dir': folder } });
    expect((await run('20', '/workspace')).output).toBe('13 /workspace\n');
    await waiting(1);
    const tight = await run('5', '/workspace/deep');
    expect([startOf(tight), tight.output]).toEqual([true, '5 /workspace/deep\n']);
    if (!docker.capabilities.landlock) return;
    await expect.poll(() => harness.pool.status().waiting, { timeout: 60_000 }).toBeGreaterThan(0);
    const script = 'try: open("/workspace/made", "w"); print("made")\nexcept OSError as problem: print(problem.errno)';
    const limits = { 'resources.processes': '5' };
    const free = await harness.run('python', script, { set: limits });
    const ruled = await harness.run('python', script, { set: { ...limits, 'files.access.write': '/tmp' } });
    expect([startOf(free), free.output, ruled.output]).toEqual([true, 'made\n', '13\n']);
  });

  it('is not had by a run that asks for something else, which says why', async () => {
    await harness.run('bash', 'true');
    await waiting(1);
    const others: [RegExp, Record<string, string>][] = [
      [/run\.warm/, { 'run.warm': 'false' }],
      [/terminal/, { 'run.tty': 'true' }],
      [/waiting for this image and policy/, { 'resources.scratch': '8 MiB' }],
      [/waiting for this image and policy/, { 'security.user': '5000:5000' }],
      [/waiting for this image and policy/, { 'security.seccomp_rules': '-symlink' }],
    ];
    for (const [why, set] of others) {
      const run = await harness.run('bash', 'true', { set });
      expect(run.detail.container).toMatchObject({ warm: false, why: expect.stringMatching(why) as string });
    }
    expect(startOf(await harness.run('bash', 'true'))).toBe(true);
  });

  it('finds decoys of its own and is told on when it touches one (SEC-5)', async () => {
    const peek = { set: { 'security.canaries': 'true' } };
    const look = 'sha256sum < ~/.aws/credentials; stat -c %a ~/.aws/credentials';
    const runs = [await harness.run('bash', look, peek)];
    await waiting(1);
    runs.push(await harness.run('bash', look, peek));
    expect(runs.map(startOf)).toEqual([false, true]);
    for (const run of runs) {
      expect(run.output).toMatch(/\n600\n$/);
      expect(run.detail.violations.map(({ kind }) => kind)).toEqual(['canary']);
    }
    expect(runs[0]!.output).not.toBe(runs[1]!.output);
    await expect.poll(() => harness.pool.status().waiting, { timeout: 60_000 }).toBeGreaterThan(0);
    const tidy = await harness.run('bash', 'echo tidy', peek);
    expect([startOf(tidy), tidy.detail.violations]).toEqual([true, []]);
  });
});

describe('a sandbox that must not be used (RUN-11)', () => {
  it('is dropped when it died while it waited; the next run starts cold', async () => {
    await harness.run('bash', 'true');
    await waiting(1);
    const [dead] = await all();
    before.createContainer = () => {
      throw new Error('nothing new meanwhile');
    };
    await docker.engine.kill(dead!, 'KILL');
    await expect.poll(() => harness.pool.status().waiting, { timeout: 30_000 }).toBe(0);
    before = {};
    const run = await harness.run('bash', 'echo fine');
    expect([startOf(run), run.output, outcome(run)]).toEqual([false, 'fine\n', 'succeeded']);
    expect(await docker.engine.container(dead!)).toBeNull();
  });

  it('is dropped when its image was built anew, also while it was on its way', async () => {
    await harness.run('bash', 'true');
    await waiting(1);
    const wish = wishes[0]!;
    const [old] = await all();
    expect(harness.pool.take('a', { ...wish, imageId: 'sha256:new' }).sandbox).toBeNull();
    await expect.poll(() => docker.engine.container(old!), { timeout: 30_000 }).toBeNull();
    const real = harness.pool.take('b', wish);
    expect(real.sandbox).toBeNull();
  });

  it('is used once more at most when somebody built another image under its name; the run says which one it had', async () => {
    await harness.run('bash', 'true');
    await waiting(1);
    const old = wishes[0]!.imageId;
    const asked: unknown[] = [];
    before.image = (reference) => asked.push(reference);
    rebuilt = (image) => ({ ...image, id: `sha256:${'0'.repeat(64)}` });
    const run = await harness.run('bash', 'true');
    expect([startOf(run), wishes.at(-1)!.imageId]).toEqual([true, old]);
    await expect.poll(() => asked.length, { timeout: 30_000 }).toBeGreaterThan(0);
    await expect.poll(() => harness.pool.imageOf(wishes[0]!.reference), { timeout: 30_000 }).toBeNull();
    rebuilt = null;
    await harness.pool.settled();
  });

  it('is taken without asking the engine for anything but its process (PERF-1)', async () => {
    await harness.run('bash', 'true');
    await waiting(1);
    await sleep(400);
    const calls: string[] = [];
    for (const name of ['image', 'container', 'exec', 'updateLimits', 'createContainer', 'startContainer'] as const)
      before[name] = () => calls.push(name);
    const id = await harness.start('bash', 'echo on; sleep 5');
    await harness.printed(id, 'on');
    expect((await harness.runs.get(id)).container?.warm).toBe(true);
    expect(calls.filter((name) => name !== 'image')).toEqual([]);
    before = {};
    await harness.runs.stop(id);
  });

  it('is not used after its claim failed: the run starts cold, once, and succeeds', async () => {
    await harness.run('bash', 'true');
    await waiting(1);
    const [broken] = await all();
    before.updateLimits = (id) => {
      if (id === broken) throw new Error('cannot be changed');
    };
    const run = await harness.run('bash', 'echo fine', { set: { 'resources.memory': '100 MiB' } });
    expect([startOf(run), run.output, outcome(run)]).toEqual([false, 'fine\n', 'succeeded']);
    expect(run.detail.container?.why).toMatch(/could not be used/);
    expect(containerOf(run)).not.toBe(broken);
    await expect.poll(() => docker.engine.container(broken!), { timeout: 30_000 }).toBeNull();
  });

  it('is forgotten when the engine goes away, and nothing half made is handed out', async () => {
    await harness.run('bash', 'true');
    await waiting(1);
    harness.pool.engineLost();
    expect(harness.pool.status().waiting).toBe(0);
    before.startContainer = () => {
      throw new Error('the engine is gone');
    };
    harness.pool.changed();
    await sleep(500);
    await harness.pool.settled();
    expect(harness.pool.status()).toMatchObject({ waiting: 0 });
    before = {};
    expect(startOf(await harness.run('bash', 'true'))).toBe(false);
    // What the lost connection left behind is no longer held, so the sweep at the reconnect takes it.
    await harness.runs.sweep(docker.engine, true);
  });

  it('goes when the pool is switched off, and none is made after', async () => {
    await harness.run('bash', 'true');
    await waiting(1);
    harness.knobs.warmPool = false;
    harness.pool.changed();
    await expect.poll(all, { timeout: 30_000 }).toEqual([]);
    const run = await harness.run('bash', 'true');
    expect(run.detail.container).toMatchObject({ warm: false, why: 'Switched off.' });
    await sleep(600);
    expect(await all()).toEqual([]);
  });
});

describe('waiting sandboxes (RUN-11, RUN-10)', () => {
  it('are left alone by the sweep, also once a run took one', async () => {
    await harness.run('bash', 'true');
    await waiting(1);
    const waits = await all();
    expect(await harness.runs.sweep(docker.engine, true)).toBe(0);
    const id = await harness.start('bash', 'echo on; sleep 30');
    await harness.printed(id, 'on\n');
    expect((await harness.runs.get(id)).container).toMatchObject({ id: waits[0], warm: true });
    expect(await harness.runs.sweep(docker.engine, true)).toBe(0);
    expect(await all()).toContain(waits[0]);
    await harness.runs.stop(id);
  });

  it('are made for what is planned, once it stays the same', async () => {
    const launch = {
      name: 'a.sh',
      entry: 'a.sh',
      files: [{ path: 'a.sh', content: toBase64(utf8('true')) }],
      stdin: null,
    };
    for (const memory of ['65 MiB', '66 MiB', '67 MiB'])
      await harness.runs.plan({ ...launch, set: { 'resources.memory': memory } });
    await waiting(1);
    expect(harness.pool.status().sizes[0]?.memory).toBe(67 << 20);
    expect(startOf(await harness.run('bash', 'true', { set: { 'resources.memory': '67 MiB' } }))).toBe(true);
  });

  it.each(['while one waits', 'while a run has one'])('are gone after the app was killed %s', async (when) => {
    const folder = mkdtempSync(join(tmpdir(), 'bellglass-pool-'));
    const child = spawn(process.execPath, [resolve(import.meta.dirname, '../../runs/testing/pool-child.ts'), folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    expect((await lines.next()).value).toBe('waiting');
    if (when !== 'while one waits') expect((await lines.next()).value).toMatch(/ true$/);
    const ended = new Promise((done) => child.once('exit', done));
    child.kill('SIGKILL');
    await ended;
    const next = await createHarness(docker.engine, docker.capabilities, folder);
    expect((await next.left()).length).toBeGreaterThan(0);
    await expect
      .poll(
        async () => {
          await next.runs.sweep(docker.engine);
          return await next.left();
        },
        { timeout: 30_000, interval: 500 },
      )
      .toEqual([]);
    await next.dispose();
    rmSync(folder, { recursive: true, force: true });
  });
});
