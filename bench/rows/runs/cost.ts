/** What one run takes beside its script, measured from outside: engine helpers, warden, gateway (PERF-3). */
import { setTimeout as sleep } from 'node:timers/promises';
import { LABEL } from '#shared/domain/labels.ts';
import type { Bench } from '../../bench.ts';
import { ownMemory, processesOf, sum, userOf } from '../../processes.ts';
import type { Row, Skipped } from '../../row.ts';

const SCRIPT_USER = 1000;
/** What begins with a run has begun, and what only its start needed has been given back, ms. */
const SETTLED_MS = 4000;

async function cost({ harness, engine }: Bench, mode: 'none' | 'restricted'): Promise<Row> {
  // Nothing is looked up, so no resolver is needed.
  const set = { 'network.mode': mode, ...(mode === 'restricted' && { 'network.allow': 'good.test' }) };
  const id = await harness.start('python', 'import time; print("on"); time.sleep(60)', { trust: 'limited', set });
  await harness.printed(id, 'on');
  await sleep(SETTLED_MS);
  const containers = await engine.containers({ [LABEL.instance]: harness.instance });
  const first = await Promise.all(containers.map(async (one) => (await engine.container(one.id))?.pid ?? 0));
  const beside = processesOf(first.filter((pid) => pid > 0)).filter((pid) => userOf(pid) !== SCRIPT_USER);
  const bytes = sum(beside.map(ownMemory));
  await harness.runs.stop(id);
  return {
    name: `a run's own cost, network ${mode}`,
    unit: 'MB',
    ours: bytes / 1e6,
    peer: 50,
    against: 'the budget',
    goal: { atMost: 1 },
    n: 1,
    note: `${containers.length} containers, ${beside.length} processes beside the script`,
  };
}

export async function runCost(bench: Bench): Promise<(Row | Skipped)[]> {
  if (!bench.capabilities.local) return [{ name: "a run's own cost", why: 'the engine runs on another machine' }];
  if (process.getuid?.() !== 0)
    return [{ name: "a run's own cost", why: 'only root may see what processes of other users take' }];
  return [await cost(bench, 'none'), await cost(bench, 'restricted')];
}
