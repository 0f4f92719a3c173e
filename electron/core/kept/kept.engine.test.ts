/** Sandboxes that stay after their run, on real engines (RUN-14). */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LABEL } from '#shared/domain/labels.ts';
import { KEPT_LIMITS } from '#shared/domain/kept.ts';
import { createHarness, type Finished, type Harness } from '../runs/testing/harness.ts';
import { imageEngine, type ImageEngine } from '../runs/testing/image-engine.ts';

let docker: ImageEngine;
let harness: Harness;

beforeAll(async () => {
  docker = await imageEngine();
  harness = await createHarness(docker.engine, docker.capabilities);
}, 600_000);

afterEach(async () => {
  for (const { run } of await harness.kept.list()) await harness.kept.remove(run);
});

afterAll(async () => {
  await harness?.dispose();
  await docker?.dispose();
});

/** Leaves a daemon that goes on writing, files where a script may write, and things that must never come out. */
const LEAVES = [
  'mkdir -p output deep; echo given > output/given.txt; echo inside > deep/inside.txt; echo temporary > /tmp/there',
  'ln -s /etc/passwd link; mkfifo pipe',
  '(trap "" HUP TERM; while :; do echo alive >> daemon.log; sleep 0.05; done) </dev/null >/dev/null 2>&1 &',
  'until [ "$(wc -l < daemon.log 2>/dev/null)" -ge 3 ] 2>/dev/null; do sleep 0.05; done',
].join('\n');

async function settled(run: Finished): Promise<void> {
  await harness.runs.settled(run.id);
}

async function textOf(run: string, path: string): Promise<string> {
  const { files } = await harness.kept.look(run);
  const { bytes } = await harness.kept.read(run, files, path, 0, 100_000);
  return new TextDecoder().decode(bytes);
}

describe('a kept sandbox', () => {
  it('is frozen with nothing of the script left in it, and its files can be looked at (RUN-14)', async () => {
    const run = await harness.run('bash', LEAVES, { keep: true });
    await settled(run);
    expect(run.detail.summary.verdict?.outcome).toBe('succeeded');
    const [kept] = await harness.kept.list();
    expect(kept).toMatchObject({ run: run.id, name: 'script.sh' });
    const state = async () => (await docker.engine.container(kept!.container))?.state;
    expect(await state()).toBe('paused');
    // Only the warden.
    expect((await docker.engine.stats(kept!.container)).processes).toBe(1);

    const { files, left, problem } = await harness.kept.look(run.id);
    expect(problem).toBeNull();
    expect(files.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['output/given.txt', 'deep/inside.txt', '.tmp/there', 'script.sh', 'daemon.log']),
    );
    expect(left).toEqual(
      expect.arrayContaining([
        { path: 'link', reason: 'symlink' },
        { path: 'pipe', reason: 'special' },
      ]),
    );
    expect(await state()).toBe('paused');
    expect(await textOf(run.id, '.tmp/there')).toBe('temporary\n');
    // The daemon ignored TERM and was going on; now its log stands still.
    const log = await textOf(run.id, 'daemon.log');
    expect(log.split('\n').length).toBeGreaterThan(3);
    expect(await textOf(run.id, 'daemon.log')).toBe(log);
    expect((await docker.engine.stats(kept!.container)).processes).toBe(1);

    await harness.kept.remove(run.id);
    expect(await docker.engine.container(kept!.container)).toBeNull();
    expect(await harness.kept.list()).toEqual([]);
    await expect(harness.kept.remove(run.id)).rejects.toMatchObject({ code: 'input-invalid' });
  });

  it('is not there when nobody asked for it (RUN-10)', async () => {
    const run = await harness.run('bash', 'echo hello');
    await settled(run);
    expect(await harness.kept.list()).toEqual([]);
    await expect.poll(() => harness.left()).toEqual([]);
  });

  it('survives every sweep until it is too old (RUN-10, RUN-14)', async () => {
    const run = await harness.run('bash', 'echo hello', { keep: true });
    await settled(run);
    const [kept] = await harness.kept.list();
    await harness.runs.sweep(docker.engine, true);
    expect(await harness.left()).toEqual([kept!.container]);
    // Another service of the same installation, which knows nothing of the run.
    const other = await createHarness(docker.engine, docker.capabilities, harness.folder);
    await other.runs.sweep(docker.engine, true);
    expect(await harness.left()).toEqual([kept!.container]);
    expect(await other.kept.list()).toMatchObject([{ run: run.id }]);
    harness.knobs.later = KEPT_LIMITS.age - 60_000;
    await harness.kept.expire();
    expect(await harness.left()).toEqual([kept!.container]);
    harness.knobs.later = KEPT_LIMITS.age + 1000;
    await harness.kept.expire();
    harness.knobs.later = 0;
    expect(await harness.left()).toEqual([]);
    expect(await harness.kept.list()).toEqual([]);
  });

  it('goes when its engine has lost what was in it, or all of it (RUN-14)', async () => {
    const runs = [
      await harness.run('bash', 'echo 1', { keep: true }),
      await harness.run('bash', 'echo 2', { keep: true }),
    ];
    for (const run of runs) await settled(run);
    const kept = await harness.kept.list();
    expect(kept).toHaveLength(2);
    await docker.engine.unpause(kept[0]!.container);
    await docker.engine.kill(kept[0]!.container, 'KILL');
    await expect.poll(async () => (await docker.engine.container(kept[0]!.container))?.state).toBe('exited');
    await docker.engine.removeContainer(kept[1]!.container);
    await harness.kept.expire();
    expect(await harness.kept.list()).toEqual([]);
    expect(await harness.left()).toEqual([]);
  });

  it('has no network any more, whatever its run had (RUN-14)', async () => {
    const run = await harness.run('bash', 'ls /sys/class/net; echo done', {
      keep: true,
      trust: 'trusted',
      set: { 'network.mode': 'full' },
    });
    await settled(run);
    expect(run.output).toMatch(/eth0/);
    const [kept] = await harness.kept.list();
    const ours = { [LABEL.app]: '1', [LABEL.instance]: harness.instance };
    await expect
      .poll(async () => (await docker.engine.containers(ours)).map(({ id }) => id), { timeout: 20_000 })
      .toEqual([kept!.container]);
    // Looked at as nobody should: unfrozen, by hand.
    await docker.engine.unpause(kept!.container);
    const look = await docker.engine.exec(kept!.container, {
      command: ['/bin/sh', '-c', 'cat /proc/net/dev'],
      user: '1000:1000',
      stdin: false,
    });
    let text = '';
    look.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
    look.stderr.resume();
    await look.done;
    expect(text).toMatch(/lo:/);
    expect(text).not.toMatch(/eth\d/);
  });

  it('that is the sixth is refused before it runs (RUN-14)', async () => {
    for (let turn = 0; turn < KEPT_LIMITS.count; turn++)
      await settled(await harness.run('bash', `echo ${turn}`, { keep: true }));
    expect(await harness.kept.list()).toHaveLength(KEPT_LIMITS.count);
    await expect(harness.run('bash', 'echo more', { keep: true })).rejects.toMatchObject({ code: 'plan-refused' });
    await harness.run('bash', 'echo without');
  });
});
