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
import { FIRST_WEEK_MS, TIME_COLUMNS, TIME_EDGES, WEEK_MS } from '../storage/insight-tables.ts';

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

/** Runs of one kind. */
interface Cell {
  readonly id: number;
  readonly policy: string;
  readonly runtime: string;
  readonly outcome: string;
  readonly reason: string;
  readonly rule: string;
  readonly kinds: string;
}

/** How many of a kind there were in one hour or week. */
interface Count {
  readonly at: number;
  readonly cell: number;
  readonly runs: number;
}

interface Counted {
  readonly key: string;
  runs: number;
  succeeded: number;
  readonly outcome: Outcome;
}

/** Since the epoch. */
const hourOf = (at: number): number => Math.floor(at / HOUR_MS);
const weekOf = (at: number): number => Math.floor((at - FIRST_WEEK_MS) / WEEK_MS);

function startOfDay(at: number): Date {
  const day = new Date(at);
  day.setHours(0, 0, 0, 0);
  return day;
}

/** Edges of the bars, and what they are counted from: hours, or weeks where bars would be too many. */
function edges(range: InsightRange, first: number, now: number): { edges: number[]; from: 'hours' | 'weeks' } {
  if (range === '24h') {
    const last = hourOf(now) + 1;
    return { edges: Array.from({ length: 25 }, (_, at) => (last - 24 + at) * HOUR_MS), from: 'hours' };
  }
  const begin = startOfDay(range === 'all' ? first : now - SPAN_MS[range] + DAY_MS);
  const found: number[] = [];
  if (now - begin.getTime() <= BARS_MAX * DAY_MS) {
    for (const at = begin; found.length === 0 || (found.at(-1) ?? 0) <= now; at.setDate(at.getDate() + 1))
      found.push(at.getTime());
    return { edges: found, from: 'hours' };
  }
  const [firstWeek, lastWeek] = [weekOf(first), weekOf(now)];
  const step = Math.ceil((lastWeek - firstWeek + 1) / BARS_MAX);
  for (let week = firstWeek; week <= lastWeek + step; week += step) found.push(FIRST_WEEK_MS + week * WEEK_MS);
  return { edges: found, from: 'weeks' };
}

function known(words: readonly string[], word: string): boolean {
  return words.includes(word);
}

class Tally {
  readonly #counts = new Map<string, Counted>();

  add(key: string, runs: number, outcome: string): void {
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

const COUNTS = {
  hours: `SELECT hour * ${HOUR_MS} AS at, cell, runs FROM insight_hours WHERE hour >= ?`,
  weeks: `SELECT week * ${WEEK_MS} + ${FIRST_WEEK_MS} AS at, cell, runs FROM insight_weeks WHERE week >= ?`,
} as const;

function oldest(database: DatabaseSync, otherwise: number): number {
  const { hour } = database.prepare('SELECT min(hour) AS hour FROM insight_hours').get() as { hour: number | null };
  return hour === null ? otherwise : hour * HOUR_MS;
}

/** `now` in epoch milliseconds; days begin where this computer is, weeks in Greenwich. */
export function insights(database: DatabaseSync, wanted: InsightsRequest, now: number): Insights {
  const { edges: limits, from: source } = edges(wanted.range, oldest(database, now), now);
  const [from = now, to = now] = [limits[0], limits.at(-1)];
  const cells = new Map(
    (database.prepare('SELECT * FROM insight_cells').all() as unknown as Cell[]).map((cell) => [cell.id, cell]),
  );
  const counts = database
    .prepare(COUNTS[source])
    .all(source === 'hours' ? hourOf(from) : weekOf(from)) as unknown as Count[];

  const buckets = limits
    .slice(0, -1)
    .map((edge, at): InsightBucket => ({ from: edge, to: limits[at + 1] ?? to, runs: 0, outcomes: {}, kinds: {} }));
  /** Runs per cell, and per cell and bar. */
  const totals = new Map<number, number>();
  const perBucket = buckets.map(() => new Map<number, number>());
  let place = 0;
  // They come in the order of time: the tables' keys begin with it.
  for (const { at, cell, runs: found } of counts) {
    while (place < buckets.length - 1 && at >= (buckets[place]?.to ?? 0)) place += 1;
    const bar = perBucket[place];
    if (bar === undefined || at < from || at >= to) continue;
    totals.set(cell, (totals.get(cell) ?? 0) + found);
    bar.set(cell, (bar.get(cell) ?? 0) + found);
  }

  const [reasons, rules, policies, runtimes] = [new Tally(), new Tally(), new Tally(), new Tally()];
  const choices = { policies: new Set<string>(), rules: new Set<string>() };
  let [runs, succeeded] = [0, 0];
  const wantedCells = new Map<number, { readonly outcome: Outcome; readonly kinds: readonly ViolationKind[] }>();
  for (const [id, found] of totals) {
    const cell = cells.get(id);
    if (cell === undefined || !known(OUTCOMES, cell.outcome)) continue;
    if (choices.policies.size < CHOICES_MAX) choices.policies.add(cell.policy);
    if (cell.rule !== '' && choices.rules.size < CHOICES_MAX) choices.rules.add(cell.rule);
    if (wanted.policy !== undefined && wanted.policy !== cell.policy) continue;
    if (wanted.runtime !== undefined && wanted.runtime !== cell.runtime) continue;
    if (wanted.rule !== undefined && wanted.rule !== cell.rule) continue;
    const kinds = cell.kinds.split(' ').filter((kind): kind is ViolationKind => known(VIOLATION_KINDS, kind));
    wantedCells.set(id, { outcome: cell.outcome as Outcome, kinds });
    runs += found;
    if (cell.outcome === 'succeeded') succeeded += found;
    else reasons.add(cell.reason, found, cell.outcome);
    rules.add(cell.rule, found, cell.outcome);
    policies.add(cell.policy, found, cell.outcome);
    runtimes.add(cell.runtime, found, cell.outcome);
  }
  for (const [at, bucket] of buckets.entries())
    for (const [id, found] of perBucket[at] ?? []) {
      const cell = wantedCells.get(id);
      if (cell === undefined) continue;
      bucket.runs += found;
      bucket.outcomes[cell.outcome] = (bucket.outcomes[cell.outcome] ?? 0) + found;
      for (const kind of cell.kinds) bucket.kinds[kind] = (bucket.kinds[kind] ?? 0) + found;
    }
  const times =
    wanted.rule !== undefined
      ? new Map<string, Map<number, number>>()
      : source === 'weeks'
        ? weeklyTimes(database, wanted, from)
        : exactTimes(database, wanted, from);
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

/** For a condition that holds for all when it is null. */
const both = (value: string | undefined): (string | null)[] => [value ?? null, value ?? null];

type Times = Map<string, Map<number, number>>;

function addTime(times: Times, phase: string, bin: number, runs: number): void {
  const bins = times.get(phase) ?? new Map<number, number>();
  bins.set(bin, (bins.get(bin) ?? 0) + runs);
  times.set(phase, bins);
}

/** Phase → stretch → runs, from the counts of weeks. */
function weeklyTimes(database: DatabaseSync, { policy, runtime }: InsightsRequest, from: number): Times {
  const rows = database
    .prepare(
      `SELECT phase, bin, sum(runs) AS runs FROM insight_times
       WHERE week >= ? AND (? IS NULL OR policy = ?) AND (? IS NULL OR runtime = ?) GROUP BY phase, bin`,
    )
    .all(weekOf(from), ...both(policy), ...both(runtime)) as unknown as {
    readonly phase: string;
    readonly bin: number;
    readonly runs: number;
  }[];
  const times: Times = new Map();
  for (const { phase, bin, runs } of rows) addTime(times, phase, bin, runs);
  return times;
}

/** The same of a shorter time, from the runs themselves: an index holds what is asked for. */
function exactTimes(database: DatabaseSync, { policy, runtime }: InsightsRequest, from: number): Times {
  const rows = database
    .prepare(
      `SELECT ${Object.keys(TIME_COLUMNS).join(', ')} FROM history INDEXED BY history_times
       WHERE created_at >= ? AND state = 'finished' AND (? IS NULL OR policy = ?) AND (? IS NULL OR runtime = ?)`,
    )
    .all(Math.floor(from), ...both(policy), ...both(runtime)) as unknown as Readonly<Record<string, number | null>>[];
  const times: Times = new Map();
  for (const [column, phase] of Object.entries(TIME_COLUMNS))
    for (const row of rows) {
      const ms = row[column];
      if (typeof ms === 'number') addTime(times, phase, TIME_EDGES.findLast((edge) => edge <= ms) ?? 0, 1);
    }
  return times;
}
