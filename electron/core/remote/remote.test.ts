/** Who began a run, kept with it; and what Prometheus reads (HOST-3, AUD-4). */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { scriptedPlan } from '../rpc/testing/scripted-plan.ts';
import { effective } from '#shared/policy/merge/effective.ts';
import type { Launch } from '#shared/contract/runs.ts';
import { validateLaunch } from '#shared/script/validate.ts';
import { History } from '../history/history.ts';
import { RunRecord } from '../runs/run-record.ts';
import { openDatabase } from '../storage/database.ts';
import { silentLog } from '../storage/log.ts';
import { createBegun } from './begun.ts';
import type { WorkflowSummary } from '#shared/domain/workflow.ts';
import { WorkflowStore } from '../workflows/store.ts';
import { createMetrics } from './metrics.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bellglass-remote-'));
});
afterEach(async () => rm(folder, { recursive: true }));

const LAUNCH: Launch = { name: 'a.py', entry: 'a.py', files: [{ path: 'a.py', content: btoa('1') }] };

function recordOf(id: string): RunRecord {
  let at = 1000;
  return new RunRecord({
    id,
    name: 'a.py',
    runtime: 'python',
    policy: effective({ level: 'limited', name: 'limited', tiers: [], ceilings: {} }),
    plan: scriptedPlan(LAUNCH),
    args: [],
    script: '1',
    now: () => (at += 10),
  });
}

it('keeps the owner and the key of a run over a restart, for as long as the run is kept', () => {
  const path = join(folder, 'bellglass.db');
  const before = openDatabase(path);
  new History(before, silentLog).save(recordOf('r1').summary(), 'me');
  createBegun(before, silentLog).runs.remember('r1', 'ci', { key: 'k', request: 'q' });
  before.close();
  const after = openDatabase(path);
  const kept = createBegun(after, silentLog).runs;
  expect([kept.ownerOf('r1'), kept.byKey('k'), kept.ownerOf('r2'), kept.byKey('x')]).toEqual([
    'ci',
    { id: 'r1', request: 'q' },
    null,
    null,
  ]);
  new History(after, silentLog).remove('r1');
  expect([kept.ownerOf('r1'), kept.byKey('k')]).toEqual([null, null]);
  after.close();
});

it('keeps the owner and the key of a workflow, whose steps belong to the same token (HOST-3, WF-1)', () => {
  const database = openDatabase(join(folder, 'bellglass.db'));
  const summary = { id: 'w1', state: 'running' } as WorkflowSummary;
  const store = new WorkflowStore(database);
  const kept = { summary, plan: {}, steps: [], launch: {}, stopped: false, interrupted: false };
  store.add(kept as unknown as Parameters<WorkflowStore['add']>[0], 'me');
  const { runs, workflows } = createBegun(database, silentLog);
  workflows.remember('w1', 'ci', { key: 'k', request: 'q' });
  store.addRun('step-run', 'w1', 'w');
  store.addRun('foreign', 'w2', 'w');
  expect([workflows.ownerOf('w1'), workflows.byKey('k'), runs.byKey('k')]).toEqual([
    'ci',
    { id: 'w1', request: 'q' },
    null,
  ]);
  expect([runs.ownerOf('step-run'), runs.ownerOf('foreign'), runs.ownerOf('w1')]).toEqual(['ci', null, null]);
  store.remove('w1');
  expect([workflows.ownerOf('w1'), workflows.byKey('k'), runs.ownerOf('step-run')]).toEqual([null, null, null]);
  database.close();
});

it('remembers in memory what the database refuses, and says so', () => {
  const database = openDatabase(join(folder, 'bellglass.db'));
  const said: string[] = [];
  const kept = createBegun(database, { ...silentLog, error: (message) => void said.push(message) }).runs;
  kept.remember('not-in-the-history', 'ci', { key: 'k', request: 'q' });
  expect([kept.ownerOf('not-in-the-history'), kept.byKey('k')?.id]).toEqual(['ci', 'not-in-the-history']);
  expect(said).toHaveLength(1);
  database.close();
});

it('counts what waits, goes on and has ended, but not what is hidden (AUD-4)', async () => {
  let ready = false;
  const shelf = { image: 'a', runtime: 'python' as const, memory: 1, waiting: 2, making: 1, wanted: 3 };
  let pool = {
    on: true,
    why: '',
    hits: 0,
    misses: 0,
    waiting: 2,
    memory: 60,
    budget: 80,
    sizes: [
      { ...shelf, booted: false },
      { ...shelf, image: 'b', booted: false, waiting: 1 },
      { ...shelf, booted: true },
    ],
  };
  const metrics = createMetrics(
    () => ready,
    () => pool,
    silentLog,
  );
  const launch = validateLaunch(LAUNCH);
  const begin = (id: string, hidden = false): RunRecord => {
    const record = recordOf(id);
    metrics.began(record, launch, scriptedPlan(LAUNCH), { hidden, by: null, workflow: null, broughtBack: false });
    return record;
  };
  const value = async (name: string): Promise<number | undefined> => {
    const { text, type } = await metrics.text();
    expect(type).toContain('version=0.0.4');
    const line = text.split('\n').find((one) => one.startsWith(`${name} `));
    return line === undefined ? undefined : Number(line.slice(name.length));
  };
  const [first, hidden] = [begin('a'), begin('h', true)];
  begin('b');
  for (const record of [first, hidden]) record.move({ type: 'prepare' });
  expect([await value('bellglass_runs_active'), await value('bellglass_runs_queued')]).toEqual([1, 1]);
  expect(await value('bellglass_memory_committed_bytes')).toBe(128 * 1024 ** 2);
  expect(await value('bellglass_cpu_committed_cores')).toBe(0.5);
  expect(await value('bellglass_engine_ready')).toBe(0);
  ready = true;
  expect(await value('bellglass_engine_ready')).toBe(1);
  expect(await value('bellglass_runs_total{outcome="failed"}')).toBe(0);
  first.addViolation({ kind: 'network', message: 'x', count: 3 });
  first.time({ queued: 500, firstByte: 620, script: 30_000 });
  const verdict = { outcome: 'failed', exitCode: 1, reason: '', rule: null, next: '', suggestions: [] } as const;
  for (const record of [first, hidden]) {
    record.finish({ ...verdict, suggestions: [] });
    metrics.ended(record);
  }
  expect(await value('bellglass_runs_total{outcome="failed"}')).toBe(1);
  expect(await value('bellglass_violations_total{kind="network"}')).toBe(3);
  expect(await value('bellglass_run_start_seconds_sum{runtime="python"}')).toBeCloseTo(0.12);
  expect(await value('bellglass_used_to_limit_ratio_sum{resource="wall_time"}')).toBeCloseTo(0.1);
  expect([await value('bellglass_runs_active'), await value('bellglass_runs_queued')]).toEqual([0, 1]);
  expect([await value('bellglass_pool_hit_ratio'), await value('bellglass_pool_hits_total')]).toEqual([0, 0]);
  pool = { ...pool, hits: 3, misses: 1 };
  for (let twice = 0; twice < 2; twice++)
    expect(
      await Promise.all(
        ['pool_hit_ratio', 'pool_hits_total', 'pool_misses_total', 'pool_memory_bytes', 'pool_enabled'].map((name) =>
          value(`bellglass_${name}`),
        ),
      ),
    ).toEqual([0.75, 3, 1, 60, 1]);
  const waits = 'bellglass_pool_sandboxes{runtime="python",interpreter';
  expect(await value(`${waits}="none",state="waiting"}`)).toBe(3);
  expect(await value(`${waits}="started",state="wanted"}`)).toBe(3);
  pool = { ...pool, sizes: [] };
  expect(await value(`${waits}="none",state="waiting"}`)).toBeUndefined();
});
