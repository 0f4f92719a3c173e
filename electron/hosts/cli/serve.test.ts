import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RunSummary } from '#shared/domain/run.ts';
import { cli, scriptedWorld } from './testing/scripted-world.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'bellglass-serve-'));
});
afterEach(() => rm(home, { recursive: true }));

async function served(going: number, terminal: boolean) {
  const world = scriptedWorld(home, (core) => {
    core.runs.list = () => Array.from({ length: going }, () => ({ state: 'running' }) as RunSummary);
  });
  Object.assign(world.stderr, { isTTY: terminal });
  let told = '';
  world.stderr.on('data', (text: string) => (told += text));
  const ended = cli(world, 'serve', '--port', '0');
  await expect.poll(() => told, { timeout: 10_000 }).toContain('ready.');
  return { world, ended, told: () => told };
}

it('asks on a terminal before Ctrl+C ends runs, and does it at the second (RUN-14)', async () => {
  const { world, ended, told } = await served(2, true);
  world.signal('SIGINT');
  await expect.poll(told).toContain('2 runs go on. Ctrl+C again ends them and quits.');
  expect(world.disposed()).toBe(0);
  world.signal('SIGINT');
  expect((await ended).code).toBe(0);
  expect(world.disposed()).toBe(1);
});

it('asks nothing without runs, without a terminal, or of a program that ends it', async () => {
  for (const [going, terminal, signal] of [
    [0, true, 'SIGINT'],
    [2, false, 'SIGINT'],
    [2, true, 'SIGTERM'],
  ] as const) {
    const { world, ended, told } = await served(going, terminal);
    world.signal(signal);
    expect((await ended).code).toBe(0);
    expect(told()).not.toContain('again');
  }
});

it('is one app however many are started at one time, the others say where it is (HOST-2)', async () => {
  const open = () => {
    const world = scriptedWorld(home);
    return { world, ended: cli(world, 'serve', '--port', '0', '--json') };
  };
  const all = [open(), open(), open()];
  const first = await Promise.race(all.map(async ({ ended }, at) => ({ at, ...(await ended) })));
  const second = await Promise.race(all.filter((_, at) => at !== first.at).map(async ({ ended }) => await ended));
  for (const { code, stdout } of [first, second]) {
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ running: true });
  }
  for (const { world } of all) world.signal('SIGTERM');
  const texts = await Promise.all(all.map(async ({ ended }) => (await ended).stdout.split('\n')[0]));
  const urls = texts.map((text) => (JSON.parse(text ?? '') as { url: string }).url);
  expect(new Set(urls).size).toBe(1);
  expect(await readdir(join(home, 'data'))).not.toContain('serve.starting');
});

it('takes the turn of one that was killed while it started', async () => {
  await mkdir(join(home, 'data'));
  // No process has a number this high.
  await writeFile(join(home, 'data', 'serve.starting'), String(2 ** 30));
  const { world, ended } = await served(0, false);
  world.signal('SIGTERM');
  expect((await ended).code).toBe(0);
});
