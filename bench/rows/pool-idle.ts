/** What four waiting sandboxes cost while nothing happens, measured from outside (RUN-11, PERF-5). */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { LABEL } from '#shared/domain/labels.ts';
import type { Bench } from '../bench.ts';
import type { Row, Skipped } from '../row.ts';

const WAITING = 4;
const SECONDS = 20;
/** Kernel clock ticks a second (USER_HZ, fixed at 100 on Linux). */
const TICKS = 100;

function statOf(pid: number): { parent: number; ticks: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return null;
  }
}

/** Each sandbox' PID 1, the engine's helper above it, and everything else below that. */
function processesOf(first: readonly number[]): number[] {
  const helpers = new Set(first.map((pid) => statOf(pid)?.parent ?? 0));
  helpers.delete(0);
  helpers.delete(1);
  const below = readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && helpers.has(statOf(pid)?.parent ?? 0));
  return [...helpers, ...below];
}

/** Bytes that would be free without the process: pages that it shares count in part. */
function ownMemory(pid: number): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
  return Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024;
}

const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);

export async function idlePool({ harness, engine, capabilities }: Bench): Promise<(Row | Skipped)[]> {
  if (!capabilities.local) return [{ name: 'pool of 4, idle', why: 'the engine runs on another machine' }];
  harness.knobs.warmPool = true;
  try {
    for (let i = 0; i < 4; i++) await harness.run('python', 'pass', { trust: 'limited' });
    while (harness.pool.status().waiting < WAITING) await sleep(100);
    await sleep(3000);
    const containers = await engine.containers({ [LABEL.instance]: harness.instance, [LABEL.kind]: 'pool' });
    const first = await Promise.all(containers.map(async ({ id }) => (await engine.container(id))?.pid ?? 0));
    const pids = processesOf(first);
    const ticks = (): number => sum(pids.map((pid) => statOf(pid)?.ticks ?? 0));
    const before = ticks();
    const own = process.cpuUsage();
    await sleep(SECONDS * 1000);
    const used = process.cpuUsage(own);
    const cpu = ((ticks() - before) / TICKS / SECONDS) * 100 + (used.user + used.system) / 1e4 / SECONDS;
    const memory = sum(pids.map(ownMemory));
    const shared = { n: 1, goal: { atMost: 1 } };
    return [
      {
        ...shared,
        name: 'pool of 4 idle, memory',
        unit: 'MB',
        ours: memory / 1e6,
        peer: 80,
        against: 'the budget',
        note: `${containers.length} sandboxes, ${pids.length} processes`,
      },
      {
        ...shared,
        name: 'pool of 4 idle, CPU',
        unit: '%',
        ours: cpu,
        peer: 0.3,
        against: 'the budget of one core',
        note: `over ${SECONDS} s, this program included`,
      },
    ];
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code !== 'EACCES') throw failure;
    return [{ name: 'pool of 4, idle', why: 'only root may see what processes of other users take' }];
  } finally {
    harness.knobs.warmPool = false;
    harness.pool.changed();
    await sleep(100);
    await harness.pool.settled();
  }
}
