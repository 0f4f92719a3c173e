/** Totals over the history, per policy, project, day, runtime or outcome (RUN-12). */
import type { DatabaseSync } from 'node:sqlite';
import type { USAGE_KEYS, UsageRow } from '#shared/contract/history.ts';
import type { Filter } from '#shared/history/filter.ts';
import { conditionOf } from './query.ts';

const KEY: Readonly<Record<(typeof USAGE_KEYS)[number], string>> = {
  policy: 'policy',
  project: 'project',
  day: `date(created_at / 1000, 'unixepoch', 'localtime')`,
  runtime: 'runtime',
  outcome: `coalesce(outcome, 'going')`,
};

/** Most runs first; days newest first. `now` in epoch milliseconds for runs that go on. */
export function usage(
  database: DatabaseSync,
  by: (typeof USAGE_KEYS)[number],
  filter: Filter,
  now: number,
): UsageRow[] {
  const { from, sql, values } = conditionOf(filter, now);
  return database
    .prepare(
      `SELECT ${KEY[by]} AS key, count(*) AS runs, sum(outcome IS 'succeeded') AS succeeded, sum(violations) AS violations,
         sum(coalesce(coalesce(finished_at, ?) - started_at, 0)) AS wallTime, sum(cpu_time) AS cpuTime,
         max(peak_memory) AS peakMemory
       FROM ${from} WHERE ${sql} GROUP BY 1 ORDER BY ${by === 'day' ? '1 DESC' : '2 DESC, 1'} LIMIT 1000`,
    )
    .all(now, ...values) as unknown as UsageRow[];
}
