/** What Prometheus reads (AUD-4): counted as runs begin and end; what is true now is looked up when somebody asks. */
import type * as Prometheus from 'prom-client';
import type { PoolStatus } from '#shared/contract/pool.ts';
import { isLive } from '#shared/domain/progress/run-machine.ts';
import { OUTCOMES, VIOLATION_KINDS, type Peaks } from '#shared/domain/run.ts';
import type { EffectivePolicy } from '#shared/domain/policy.ts';
import type { RunRecord } from '../runs/run-record.ts';
import type { RunTold } from '../runs/told.ts';
import type { Log } from '../storage/log.ts';

export interface Metrics extends RunTold {
  text(): Promise<{ type: string; text: string }>;
}

/** Highest reading, and the policy's limit for it. */
function usedToLimit(peaks: Peaks, { fields }: EffectivePolicy, scriptMs: number | undefined): Record<string, number> {
  const limits: readonly [string, number | undefined, number][] = [
    ['memory', peaks.memory, fields['resources.memory'].value],
    ['cpu', peaks.cpu, fields['resources.cpu'].value],
    ['cpu_time', peaks.cpuTime, fields['resources.cpu_time'].value],
    ['wall_time', scriptMs, fields['resources.wall_time'].value],
    ['processes', peaks.processes, fields['resources.processes'].value],
    ['open_files', peaks.openFiles, fields['resources.open_files'].value],
    ['scratch', peaks.scratch, fields['resources.scratch'].value],
    ['output', peaks.output, fields['resources.output'].value],
  ];
  return Object.fromEntries(
    limits.flatMap(([name, used, limit]) => (used === undefined || limit <= 0 ? [] : [[name, used / limit]])),
  );
}

interface Instruments {
  ended(record: RunRecord): void;
  text(): Promise<{ type: string; text: string }>;
}

function instruments(
  { Counter, Gauge, Histogram, Registry }: typeof Prometheus,
  going: ReadonlySet<RunRecord>,
  engineReady: () => boolean,
  pool: () => PoolStatus,
): Instruments {
  const registry = new Registry();
  const registers = [registry];
  const present = (): RunRecord[] => [...going].filter(({ position }) => isLive(position.state));
  const active = (): RunRecord[] => present().filter(({ position }) => position.state !== 'queued');
  const gauge = (name: string, help: string, value: () => number): void => {
    void new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  };
  const counted = (name: string, help: string, value: () => number): void => {
    void new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(value());
      },
    });
  };
  gauge('bellglass_runs_active', 'Runs that have left the queue and not ended.', () => active().length);
  gauge('bellglass_runs_queued', 'Runs that wait.', () => present().length - active().length);
  gauge('bellglass_memory_committed_bytes', 'Memory limits of all active runs together.', () =>
    active().reduce((sum, { policy }) => sum + policy.fields['resources.memory'].value, 0),
  );
  gauge('bellglass_cpu_committed_cores', 'CPU limits of all active runs together.', () =>
    active().reduce((sum, { policy }) => sum + policy.fields['resources.cpu'].value / 100, 0),
  );
  gauge('bellglass_engine_ready', '1 while a container engine can be used.', () => Number(engineReady()));
  gauge('bellglass_pool_enabled', '1 while sandboxes are started before a run needs them.', () => Number(pool().on));
  gauge('bellglass_pool_memory_bytes', 'Set aside for sandboxes that wait or are being made.', () => pool().memory);
  gauge('bellglass_pool_budget_bytes', 'What sandboxes that wait may take now.', () => pool().budget);
  gauge(
    'bellglass_pool_hit_ratio',
    'Of the runs that could have taken a waiting sandbox, those that did; 0 before the first.',
    () => {
      const { hits, misses } = pool();
      return hits + misses === 0 ? 0 : hits / (hits + misses);
    },
  );
  counted('bellglass_pool_hits_total', 'Runs that took a sandbox that waited.', () => pool().hits);
  counted('bellglass_pool_misses_total', 'Runs that could have taken one and found none.', () => pool().misses);
  void new Gauge({
    name: 'bellglass_pool_sandboxes',
    help: 'Sandboxes of the pool by what they are for: waiting, being made, and how many the pool wants.',
    labelNames: ['runtime', 'interpreter', 'state'],
    registers,
    collect() {
      this.reset();
      for (const { runtime, booted, waiting, making, wanted } of pool().sizes)
        for (const [state, count] of Object.entries({ waiting, making, wanted }))
          this.inc({ runtime, interpreter: booted ? 'started' : 'none', state }, count);
    },
  });
  const start = new Histogram({
    name: 'bellglass_run_start_seconds',
    help: 'From the end of the queue to the first byte that the script prints.',
    labelNames: ['runtime'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10, 30],
    registers,
  });
  const outcomes = new Counter({
    name: 'bellglass_runs_total',
    help: 'Runs that have ended, by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of OUTCOMES) outcomes.inc({ outcome }, 0);
  const violations = new Counter({
    name: 'bellglass_violations_total',
    help: 'Violations in runs that have ended, by kind.',
    labelNames: ['kind'],
    registers,
  });
  for (const kind of VIOLATION_KINDS) violations.inc({ kind }, 0);
  const used = new Histogram({
    name: 'bellglass_used_to_limit_ratio',
    help: 'Peak of a run by its limit, when it has ended.',
    labelNames: ['resource'],
    buckets: [0.1, 0.25, 0.5, 0.75, 0.9, 1],
    registers,
  });
  return {
    ended(record) {
      const { timings, peaks, summary, violations: seen } = record.detail();
      outcomes.inc({ outcome: record.verdict?.outcome ?? 'engine-error' });
      for (const { kind, count } of seen) violations.inc({ kind }, count);
      if (timings.firstByte !== undefined)
        start.observe({ runtime: summary.runtime }, Math.max(0, timings.firstByte - (timings.queued ?? 0)) / 1000);
      for (const [resource, ratio] of Object.entries(usedToLimit(peaks, record.policy, timings.script)))
        used.observe({ resource }, ratio);
    },
    text: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  };
}

/** Runs that do not show (the self-check) are not counted. */
export function createMetrics(engineReady: () => boolean, pool: () => PoolStatus, log: Log): Metrics {
  const going = new Set<RunRecord>();
  let loading: Promise<Instruments> | null = null;
  // Loaded when there is something to count: the library takes longer to load than the rest of the start.
  const load = (): Promise<Instruments> =>
    (loading ??= import('prom-client').then((library) => instruments(library, going, engineReady, pool)));
  return {
    began(record, _launch, _plan, { hidden }) {
      if (!hidden) going.add(record);
    },
    ended(record) {
      if (!going.delete(record)) return;
      load().then(
        (loaded) => loaded.ended(record),
        (failure: unknown) => log.error('a run could not be counted', { problem: String(failure) }),
      );
    },
    text: async () => (await load()).text(),
  };
}
