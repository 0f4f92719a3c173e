/** What four waiting sandboxes cost while nothing happens, measured from outside (RUN-11, PERF-5). */
import { setTimeout as sleep } from 'node:timers/promises';
import { LABEL } from '#shared/domain/labels.ts';
import type { Bench } from '../bench.ts';
import { ownMemory, processesOf, statOf, sum, TICKS } from '../processes.ts';
import type { Row, Skipped } from '../row.ts';

const WAITING = 4;
const SECONDS = 20;
const SETTLE_MS = 15_000;
/** Percent of one core that this program used. */
async function ownShare(): Promise<number> {
  const before = process.cpuUsage();
  await sleep(SECONDS * 1000);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e4 / SECONDS;
}

async function empty({ knobs, pool }: Bench['harness']): Promise<void> {
  knobs.warmPool = false;
  pool.changed();
  await sleep(100);
  await pool.settled();
}

export async function idlePool({ harness, engine, capabilities }: Bench): Promise<(Row | Skipped)[]> {
  if (!capabilities.local) return [{ name: 'pool of 4, idle', why: 'the engine runs on another machine' }];
  harness.knobs.warmPool = true;
  try {
    for (let i = 0; i < 4; i++) await harness.run('python', 'pass', { trust: 'limited' });
    while (harness.pool.status().waiting < WAITING) await sleep(100);
    // What this program tidies up after its last run is not the pool's.
    await sleep(SETTLE_MS);
    const containers = await engine.containers({ [LABEL.instance]: harness.instance, [LABEL.kind]: 'pool' });
    const first = await Promise.all(containers.map(async ({ id }) => (await engine.container(id))?.pid ?? 0));
    const pids = processesOf(first);
    const ticks = (): number => sum(pids.map((pid) => statOf(pid)?.ticks ?? 0));
    const before = ticks();
    const withPool = await ownShare();
    const below = ((ticks() - before) / TICKS / SECONDS) * 100;
    const memory = sum(pids.map(ownMemory));
    await empty(harness);
    const without = await ownShare();
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
        ours: below + Math.max(0, withPool - without),
        peer: 0.3,
        against: 'the budget of one core',
        note: `over ${SECONDS} s; its processes ${below.toFixed(2)} %, this program ${withPool.toFixed(2)} % with it and ${without.toFixed(2)} % without`,
      },
    ];
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code !== 'EACCES') throw failure;
    return [{ name: 'pool of 4, idle', why: 'only root may see what processes of other users take' }];
  } finally {
    await empty(harness);
  }
}
