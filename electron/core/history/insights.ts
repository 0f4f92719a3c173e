/** What many runs amount to, from the counts that the database keeps (AUD-4). */
import type { DatabaseSync } from 'node:sqlite';
import {
  INSIGHT_PHASES,
  type InsightBucket,
  type InsightRange,
  type Insights,
  type InsightsRequest,
} from '#shared/contract/insights.ts';
import { OUTCOMES, VIOLATION_KINDS, type Outcome, type ViolationKind } from '#shared/domain/run.ts';
import { TIME_EDGES } from '../storage/insight-tables.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Bars that a chart can show side by side. */
const BARS_MAX = 60;
/** Lines of each list. */
const TOP = 10;
const CHOICES_MAX = 100;

const SPAN_MS: Readonly<Record<Exclude<InsightRange, 'all'>, number>> = {
  '24h': DAY_MS,
  '7d': 7 * DAY_MS,
  '30d': 30 * DAY_MS,
};

interface RunsRow {
  readonly hour: number;
  readonly policy: string;
  readonly runtime: string;
  readonly outcome: string;
  readonly reason: string;
  readonly rule: string;
  readonly kinds: string;
  readonly runs: number;
}

interface Counted {
  readonly key: string;
  runs: number;
  succeeded: number;
  readonly outcome: Outcome;
}

/** Hours since the epoch. */
const hourOf = (at: number): number => Math.floor(at / HOUR_MS);

function startOfDay(at: number): Date {
  const day = new Date(at);
  day.setHours(0, 0, 0, 0);
  return day;
}

/** Edges of the bars: hours for a day, else local days, several together when there are many. */
function edges(range: InsightRange, first: number, now: number): number[] {
  if (range === '24h') {
    const last = hourOf(now) + 1;
    return Array.from({ length: 25 }, (_, at) => (last - 24 + at) * HOUR_MS);
  }
  const begin = startOfDay(range === 'all' ? first : now - SPAN_MS[range] + DAY_MS);
  const days = Math.max(1, Math.ceil((now - begin.getTime()) / DAY_MS));
  const step = Math.ceil(days / BARS_MAX);
  const found: number[] = [];
  for (const at = begin; found.length === 0 || (found.at(-1) ?? 0) <= now; at.setDate(at.getDate() + step))
    found.push(at.getTime());
  return found;
}

function known(words: readonly string[], word: string): boolean {
  return words.includes(word);
}

class Tally {
  readonly #counts = new Map<string, Counted>();

  add(key: string, { runs, outcome }: RunsRow): void {
    if (key === '') return;
    let entry = this.#counts.get(key);
    if (entry === undefined) {
      entry = { key, runs: 0, succeeded: 0, outcome: outcome as Outcome };
      this.#counts.set(key, entry);
    }
    entry.runs += runs;
    if (outcome === 'succeeded') entry.succeeded += runs;
  }

  top(most: number): Counted[] {
    return [...this.#counts.values()].toSorted((a, b) => b.runs - a.runs || (a.key < b.key ? -1 : 1)).slice(0, most);
  }
}

interface Bin {
  readonly from: number;
  readonly to: number | null;
  readonly runs: number;
}

/** The value below which `share` of the runs are, as if each stretch were filled evenly. */
function quantile(bins: readonly Bin[], share: number): number | null {
  const all = bins.reduce((sum, { runs }) => sum + runs, 0);
  if (all === 0) return null;
  let left = all * share;
  for (const { from, to, runs } of bins) {
    if (left <= runs) return from + ((to ?? from) - from) * (left / runs);
    left -= runs;
  }
  return bins.at(-1)?.from ?? null;
}

/** Counts per stretch, from the first that has any to the last. */
function binsOf(counts: ReadonlyMap<number, number>): Bin[] {
  const bins = TIME_EDGES.map((from, at): Bin => ({
    from,
    to: TIME_EDGES[at + 1] ?? null,
    runs: counts.get(from) ?? 0,
  }));
  const first = bins.findIndex(({ runs }) => runs > 0);
  return first === -1 ? [] : bins.slice(first, bins.findLastIndex(({ runs }) => runs > 0) + 1);
}

/** `now` in epoch milliseconds; days begin where this computer is. */
export function insights(database: DatabaseSync, wanted: InsightsRequest, now: number): Insights {
  const oldest = database.prepare('SELECT min(hour) AS hour FROM insight_runs').get() as { hour: number | null };
  const limits = edges(wanted.range, (oldest.hour ?? hourOf(now)) * HOUR_MS, now);
  const [from = now, to = now] = [limits[0], limits.at(-1)];
  const rows = database
    .prepare('SELECT hour, policy, runtime, outcome, reason, rule, kinds, runs FROM insight_runs WHERE hour >= ?')
    .all(hourOf(from)) as unknown as RunsRow[];

  const buckets = limits
    .slice(0, -1)
    .map((edge, at): InsightBucket => ({ from: edge, to: limits[at + 1] ?? to, runs: 0, outcomes: {}, kinds: {} }));
  const [reasons, rules, policies, runtimes] = [new Tally(), new Tally(), new Tally(), new Tally()];
  const choices = { policies: new Set<string>(), rules: new Set<string>() };
  let [runs, succeeded, place] = [0, 0, 0];
  // Rows come in the order of their hours: the table's key begins with them.
  for (const row of rows) {
    const at = row.hour * HOUR_MS;
    while (place < buckets.length - 1 && at >= (buckets[place]?.to ?? 0)) place += 1;
    const bucket = buckets[place];
    if (bucket === undefined || at >= bucket.to || !known(OUTCOMES, row.outcome)) continue;
    if (choices.policies.size < CHOICES_MAX) choices.policies.add(row.policy);
    if (row.rule !== '' && choices.rules.size < CHOICES_MAX) choices.rules.add(row.rule);
    if (wanted.policy !== undefined && wanted.policy !== row.policy) continue;
    if (wanted.runtime !== undefined && wanted.runtime !== row.runtime) continue;
    if (wanted.rule !== undefined && wanted.rule !== row.rule) continue;
    const outcome = row.outcome as Outcome;
    runs += row.runs;
    if (outcome === 'succeeded') succeeded += row.runs;
    else reasons.add(row.reason, row);
    rules.add(row.rule, row);
    policies.add(row.policy, row);
    runtimes.add(row.runtime, row);
    bucket.runs += row.runs;
    bucket.outcomes[outcome] = (bucket.outcomes[outcome] ?? 0) + row.runs;
    for (const kind of row.kinds.trim().split(' '))
      if (known(VIOLATION_KINDS, kind))
        bucket.kinds[kind as ViolationKind] = (bucket.kinds[kind as ViolationKind] ?? 0) + row.runs;
  }
  const times = timesOf(database, wanted, hourOf(from));
  const startup = binsOf(times.get('firstByte') ?? new Map());
  return {
    from,
    to,
    runs,
    succeeded,
    buckets,
    reasons: reasons.top(TOP).map(({ key, runs: found, outcome }) => ({ key, runs: found, outcome })),
    rules: rules.top(TOP).map(({ key, runs: found }) => ({ key, runs: found })),
    policies: policies.top(TOP).map(({ key, runs: found, succeeded: good }) => ({ key, runs: found, succeeded: good })),
    runtimes: runtimes.top(TOP).map(({ key, runs: found, succeeded: good }) => ({ key, runs: found, succeeded: good })),
    startup,
    startupMedian: quantile(startup, 0.5),
    phases: INSIGHT_PHASES.flatMap((phase) => {
      const bins = binsOf(times.get(phase) ?? new Map());
      const [median, slowest] = [quantile(bins, 0.5), quantile(bins, 0.95)];
      if (median === null || slowest === null) return [];
      return [{ phase, runs: bins.reduce((sum, bin) => sum + bin.runs, 0), median, slowest }];
    }),
    choices: { policies: [...choices.policies].toSorted(), rules: [...choices.rules].toSorted() },
  };
}

/** Phase → stretch → runs. */
function timesOf(database: DatabaseSync, wanted: InsightsRequest, fromHour: number): Map<string, Map<number, number>> {
  const { policy = null, runtime = null, rule = null } = wanted;
  const rows = database
    .prepare(
      `SELECT phase, bin, sum(runs) AS runs FROM insight_times
       WHERE hour >= ? AND (? IS NULL OR policy = ?) AND (? IS NULL OR runtime = ?) AND (? IS NULL OR rule = ?)
       GROUP BY phase, bin`,
    )
    .all(fromHour, policy, policy, runtime, runtime, rule, rule) as unknown as {
    phase: string;
    bin: number;
    runs: number;
  }[];
  const found = new Map<string, Map<number, number>>();
  for (const { phase, bin, runs } of rows) {
    const bins = found.get(phase) ?? new Map<number, number>();
    bins.set(bin, runs);
    found.set(phase, bins);
  }
  return found;
}
