/** What watching costs: ten runs sampled at 10 Hz, and an app with nothing to do (PERF-5). */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import type { Row } from '../row.ts';

const RUNS = 10;
const SECONDS = 15;

/** Percent of one core that this process used over some seconds. */
async function ownShare(seconds: number): Promise<number> {
  const before = process.cpuUsage();
  await sleep(seconds * 1000);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e4 / seconds;
}

export async function sampling({ harness }: Bench): Promise<Row> {
  const idle = await ownShare(SECONDS / 3);
  const ids: string[] = [];
  for (let i = 0; i < RUNS; i++) ids.push(await harness.start('bash', 'echo on; sleep 55'));
  for (const id of ids) await harness.printed(id, 'on');
  await sleep(1000);
  const busy = await ownShare(SECONDS);
  const samples = await Promise.all(ids.map(async (id) => (await harness.runs.get(id)).samples.length));
  await harness.runs.stopAll();
  const expected = (SECONDS + 1) * 10;
  if (Math.min(...samples) < expected * 0.9)
    throw new Error(`the slowest run has ${Math.min(...samples)} samples where ${expected} were due`);
  return {
    name: '10 runs sampled at 10 Hz',
    unit: '%',
    ours: busy - idle,
    peer: 2,
    against: 'the budget of one core',
    goal: { atMost: 1 },
    n: 1,
    note: `over ${SECONDS} s`,
  };
}

function cpuTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/** Kernel clock ticks a second (USER_HZ, fixed at 100 on Linux). */
const TICKS = 100;

export async function idleApp({ engine }: Bench): Promise<Row> {
  const home = mkdtempSync(join(tmpdir(), 'bellglass-bench-idle-'));
  const main = resolve(import.meta.dirname, '../../electron/hosts/cli/main.ts');
  const app = spawn(process.execPath, [...process.execArgv, main, 'serve', '--json', '--port', '0'], {
    env: { ...process.env, BELLGLASS_HOME: home, DOCKER_HOST: engine.address },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  for await (const line of createInterface({ input: app.stdout })) if (line.includes('"url"')) break;
  // The first start checks itself; what is measured is what comes after.
  await sleep(15_000);
  const before = cpuTicks(app.pid ?? 0);
  await sleep(20_000);
  const used = ((cpuTicks(app.pid ?? 0) - before) / TICKS / 20) * 100;
  const ended = new Promise((done) => app.once('exit', done));
  app.kill('SIGTERM');
  await ended;
  rmSync(home, { recursive: true, force: true });
  return {
    name: 'idle app',
    unit: '%',
    ours: used,
    peer: 0.5,
    against: 'the budget of one core',
    goal: { atMost: 1 },
    n: 1,
    note: 'over 20 s, no viewer',
  };
}
