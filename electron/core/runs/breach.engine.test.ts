/** Every breach action that is not the default, really acting (POL-2, RUN-7). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MIB } from '#shared/lib/units.ts';
import { createHarness, type Finished, type Harness } from './testing/harness.ts';
import { imageEngine, type ImageEngine } from './testing/image-engine.ts';

let docker: ImageEngine;
let harness: Harness;

beforeAll(async () => {
  docker = await imageEngine();
  harness = await createHarness(docker.engine, docker.capabilities);
}, 600_000);

afterAll(async () => {
  await harness?.dispose();
  await docker?.dispose();
});

/** Waits until the run is paused by itself; resolves with why. */
async function pausedItself(id: string): Promise<string> {
  await expect.poll(async () => (await harness.runs.get(id)).summary.state, { timeout: 30_000 }).toBe('paused');
  const { events } = await harness.runs.get(id);
  const last = events.findLast((event) => event.type === 'state');
  return last?.type === 'state' ? (last.why ?? '') : '';
}

const states = (run: Finished): string[] =>
  run.events.flatMap((event) => (event.type === 'state' ? [event.state as string] : []));

const outcome = (run: Finished): string | undefined => run.detail.summary.verdict?.outcome;

describe('pause at 90 %', () => {
  it('stops for memory, says why, and goes on to its end without a second pause (POL-2)', async () => {
    const script = `
import os, time
path = '/sys/fs/cgroup/memory.current'
path = path if os.path.exists(path) else '/sys/fs/cgroup/memory/memory.usage_in_bytes'
held = []
while int(open(path).read()) < 60 << 20: held.append(bytearray(1 << 19)); time.sleep(0.02)
time.sleep(0.5)
print('whole')`;
    const set = { 'resources.on_breach.memory': 'pause', 'resources.memory': '64 MiB' };
    const id = await harness.start('python', script, { set });
    expect(await pausedItself(id)).toMatch(/^Paused: memory reached \d+(\.\d+)? MiB of 64 MiB\. Resume it/);
    const frozen = (await harness.runs.get(id)).peaks.cpuTime;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await harness.runs.get(id)).peaks.cpuTime).toBeLessThan(frozen + 50);
    await harness.runs.resume(id);
    const run = await harness.finished(id);
    expect(run.output).toBe('whole\n');
    expect(states(run).filter((state) => state === 'paused')).toHaveLength(1);
    expect(outcome(await harness.run('python', script, { set: { 'resources.memory': '64 MiB' } }))).toBe('succeeded');
  });

  it('says that it was killed instead when memory grows too fast to be paused (POL-2)', async () => {
    const run = await harness.run('python', 'bytearray(300 << 20)', {
      set: { 'resources.on_breach.memory': 'pause', 'resources.cpu': '100 %' },
    });
    expect(outcome(run)).toBe('out-of-memory');
    expect(run.events).toContainEqual(
      expect.objectContaining({ type: 'note', message: expect.stringContaining('before it could be paused') }),
    );
  });

  it('kills a run that was paused for memory, resumed, and goes on beyond the limit (POL-2)', async () => {
    const script = 'import time\nheld = []\nwhile True: held.append(bytearray(1 << 20)); time.sleep(0.02)';
    const id = await harness.start('python', script, { set: { 'resources.on_breach.memory': 'pause' } });
    await pausedItself(id);
    await harness.runs.resume(id);
    const run = await harness.finished(id);
    expect(outcome(run)).toBe('out-of-memory');
    expect(run.events.some((event) => event.type === 'note')).toBe(false);
  });

  it.each([
    ['wall_time', 'import time\ntime.sleep(60)', /^Paused: time reached/],
    ['cpu_time', 'while True: pass', /^Paused: CPU time reached/],
  ])('stops for %s; resumed, it is ended at the limit (POL-2)', async (field, script, why) => {
    const set = { [`resources.on_breach.${field}`]: 'pause', [`resources.${field}`]: '3 s', 'resources.cpu': '100 %' };
    const id = await harness.start('python', script, { set });
    expect(await pausedItself(id)).toMatch(why);
    await harness.runs.resume(id);
    const run = await harness.finished(id);
    expect(run.detail.summary.verdict).toMatchObject({
      outcome: 'timed-out',
      rule: `resources.${field}: 3 s (this run)`,
    });
  });

  it('stops for a scratch that fills; resumed, the write beyond it is refused (POL-2)', async () => {
    const script =
      'for i in $(seq 80); do head -c 250000 /dev/zero >> big || { echo refused; break; }; sleep 0.05; done';
    const set = { 'resources.scratch': '16 MiB', 'resources.memory': '64 MiB' };
    const id = await harness.start('bash', script, { set: { ...set, 'resources.on_breach.scratch': 'pause' } });
    expect(await pausedItself(id)).toContain(
      '16 MiB. Resume it to let it go on to the limit, where writes are refused',
    );
    await harness.runs.resume(id);
    const run = await harness.finished(id);
    expect(run.output).toContain('refused');
    expect(outcome(run)).toBe('succeeded');
  });
});

describe('kill', () => {
  it.each([
    ['scratch', { 'resources.scratch': '8 MiB' }, 'head -c 20000000 /dev/zero > big; echo $?; sleep 20'],
    [
      'open_files',
      { 'resources.open_files': '32' },
      'for i in $(seq 3 40); do eval "exec $i</dev/null"; done; sleep 20',
    ],
    ['output', { 'resources.output': '1 MiB' }, 'yes'],
    ['processes', { 'resources.processes': '5' }, 'for i in $(seq 12); do sleep 1 & done; wait; sleep 20'],
  ])('ends the run for %s, which by default only has the call refused (POL-2)', async (name, set, script) => {
    const killed = await harness.run('bash', script, { set: { ...set, [`resources.on_breach.${name}`]: 'kill' } });
    expect(killed.detail.summary.verdict).toMatchObject({
      outcome: 'limit-exceeded',
      rule: expect.stringContaining(`resources.${name}: `),
    });
    const gentle = await harness.run(
      'bash',
      script.replace('sleep 20', 'true').replace('yes', 'head -c 2000000 /dev/zero'),
      {
        set,
      },
    );
    expect(gentle.detail.summary.verdict?.outcome).not.toBe('limit-exceeded');
  });
});

it('takes `warn` for the clocks as a word and no more (POL-2)', async () => {
  const set = { 'resources.wall_time': '500 ms', 'resources.on_breach.wall_time': 'warn' };
  const run = await harness.run('bash', 'sleep 1; echo end', { set });
  expect(run.output).toBe('end\n');
  expect(run.detail.violations.map(({ kind }) => kind)).toEqual(['wall-time']);
});

it('has the whole scratch in reach of its watch (POL-2)', async () => {
  const run = await harness.run('bash', 'head -c 4000000 /dev/zero > big; sleep 0.5', {
    set: { 'resources.scratch': '8 MiB' },
  });
  expect(run.detail.peaks.scratch).toBeGreaterThan(3.5 * MIB);
});
