/** What is kept of every run (RUN-12): its line, its whole record, what a person made of it, and how to find it again. */
import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import type { Insights, InsightsRequest } from '#shared/contract/insights.ts';
import type { USAGE_KEYS, UsageRow } from '#shared/contract/history.ts';
import type { RunDetail } from '#shared/contract/runs.ts';
import { runSummarySchema, type RunSummary } from '#shared/domain/run.ts';
import type { Filter } from '#shared/history/filter.ts';
import type { Log } from '../storage/log.ts';
import { packDetail, unpackDetail } from './body.ts';
import { insights } from './insights.ts';
import { conditionOf, type SqlValue } from './query.ts';
import { Unwritten } from './unwritten.ts';
import { usage } from './usage.ts';

const rowSchema = z.object({
  id: z.string(),
  owner: z.string(),
  summary: z.string(),
  pinned: z.number(),
  tags: z.string(),
  note: z.string(),
});

const COLUMNS = 'history.id, owner, summary, pinned, tags, note';
const LINE = `SELECT ${COLUMNS} FROM history JOIN run_bodies USING (seq)`;

/** A run that was not finished when it was last written, with the process that had it. */
export interface OpenRun {
  readonly summary: RunSummary;
  readonly owner: string;
}

/** What a person may change of a run that is over. */
export interface Marks {
  readonly pinned?: boolean | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly note?: string | undefined;
}

export interface PageRequest {
  readonly filter: Filter;
  /** Id of the last line of the page before. */
  readonly before?: string | undefined;
  readonly limit: number;
}

const words = (list: readonly string[]): string => ` ${list.join(' ')} `;
const whole = (ms: number | undefined): number | null => (ms === undefined ? null : Math.max(0, Math.floor(ms)));
const unwords = (text: string): string[] => text.split(' ').filter((word) => word !== '');

export class History {
  readonly #database: DatabaseSync;
  readonly #log: Log;

  readonly #unwritten: Unwritten;

  /** `trouble` hears how many runs wait because the disk refuses them, and why. */
  constructor(database: DatabaseSync, log: Log, trouble: (runs: number, why: string) => void = () => {}) {
    this.#database = database;
    this.#log = log;
    this.#unwritten = new Unwritten(({ summary, owner, detail, text }) => {
      this.#write(summary, owner, detail);
      if (text) this.#indexRun(summary.id, text.script, text.output);
    }, trouble);
  }

  /** Like `save`; what the disk refuses is kept in memory and written when it can be. Returns why it was refused, or null. */
  keep(summary: RunSummary, owner: string, detail?: RunDetail): Error | null {
    try {
      this.save(summary, owner, detail);
      // The disk takes something again.
      this.#unwritten.retry();
      return null;
    } catch (thrown) {
      const failure = thrown instanceof Error ? thrown : new Error(String(thrown));
      this.#unwritten.add({ summary, owner, detail }, failure.message);
      return failure;
    }
  }

  /** Writes a run's line; the whole record only when it is given. What a person made of the run stays. */
  save(summary: RunSummary, owner: string, detail?: RunDetail): void {
    this.#write(summary, owner, detail);
    const text = this.#unwritten.get(summary.id)?.text;
    this.#unwritten.remove(summary.id);
    if (text) this.#indexRun(summary.id, text.script, text.output);
  }

  #write(summary: RunSummary, owner: string, detail?: RunDetail): void {
    this.#atomically(() => {
      const { verdict } = summary;
      const known = this.#seq(summary.id) !== null;
      const written = this.#database
        .prepare(
          `INSERT INTO history (id, created_at, name, state, owner, policy, level, runtime, outcome, exit_code, started_at,
             finished_at, peak_memory, cpu_time, output, violations, kinds, project, reason, rule, first_byte, queued_ms,
             prepare_ms, create_ms, inject_ms, script_ms, claim_ms, extract_ms)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (id) DO UPDATE SET state = excluded.state, owner = excluded.owner, outcome = excluded.outcome,
             exit_code = excluded.exit_code, started_at = excluded.started_at, finished_at = excluded.finished_at,
             peak_memory = excluded.peak_memory, cpu_time = excluded.cpu_time, output = excluded.output,
             violations = excluded.violations, kinds = excluded.kinds, reason = excluded.reason, rule = excluded.rule,
             first_byte = coalesce(excluded.first_byte, first_byte), queued_ms = coalesce(excluded.queued_ms, queued_ms),
             prepare_ms = coalesce(excluded.prepare_ms, prepare_ms), create_ms = coalesce(excluded.create_ms, create_ms),
             inject_ms = coalesce(excluded.inject_ms, inject_ms), script_ms = coalesce(excluded.script_ms, script_ms),
             claim_ms = coalesce(excluded.claim_ms, claim_ms), extract_ms = coalesce(excluded.extract_ms, extract_ms)
           RETURNING seq`,
        )
        .get(
          summary.id,
          Math.floor(summary.createdAt),
          summary.name,
          summary.state,
          owner,
          summary.policy,
          summary.level,
          summary.runtime,
          verdict?.outcome ?? null,
          verdict?.exitCode ?? null,
          summary.startedAt === null ? null : Math.floor(summary.startedAt),
          summary.finishedAt === null ? null : Math.floor(summary.finishedAt),
          Math.floor(summary.peakMemory),
          Math.floor(detail?.peaks.cpuTime ?? 0),
          Math.floor(detail?.peaks.output ?? 0),
          summary.violations,
          words(summary.violationKinds),
          detail?.plan.project?.path ?? '',
          verdict?.reason ?? '',
          verdict?.rule ?? '',
          whole(summary.firstByte ?? detail?.timings.firstByte),
          whole(detail?.timings.queued),
          whole(detail?.timings.prepare),
          whole(detail?.timings.create),
          whole(detail?.timings.inject),
          whole(detail?.timings.script),
          whole(detail?.timings.claim),
          whole(detail?.timings.extract),
        ) as { seq: number };
      this.#database
        .prepare(
          `INSERT INTO run_bodies (seq, summary, detail) VALUES (?, ?, ?)
           ON CONFLICT (seq) DO UPDATE SET summary = excluded.summary, detail = coalesce(excluded.detail, detail)`,
        )
        .run(written.seq, JSON.stringify(summary), detail ? packDetail(detail) : null);
      if (!known) this.#indexText(written.seq, summary.name, '', '');
    });
  }

  /** Makes script and output of a finished run findable; the caller cuts them to a sensible length. */
  index(id: string, script: string, output: string): void {
    if (!this.#unwritten.setText(id, { script, output })) this.#indexRun(id, script, output);
  }

  #indexRun(id: string, script: string, output: string): void {
    const row = this.#database.prepare('SELECT seq, name FROM history WHERE id = ?').get(id) as
      | { seq: number; name: string }
      | undefined;
    if (row !== undefined) this.#indexText(row.seq, row.name, script, output);
  }

  /** Newest first, at most `limit`. */
  list(limit: number): RunSummary[] {
    return this.#rows(`${LINE} ORDER BY seq DESC LIMIT ?`, limit).map((row) => row.summary);
  }

  /** Newest first; `now` in epoch milliseconds for runs that go on. */
  page({ filter, before, limit }: PageRequest, now: number): RunSummary[] {
    const { from, sql, values } = conditionOf(filter, now);
    const at = before === undefined ? null : this.#seq(before);
    if (before !== undefined && at === null) return [];
    const order = from === 'history' ? 'history.seq' : 'history_text.rowid';
    return this.#rows(
      `SELECT ${COLUMNS} FROM ${from} JOIN run_bodies ON run_bodies.seq = history.seq
       WHERE ${sql} ${at === null ? '' : `AND ${order} < ?`} ORDER BY ${order} DESC LIMIT ?`,
      ...values,
      ...(at === null ? [] : [at]),
      limit,
    ).map((row) => row.summary);
  }

  /** How many runs fit, counted up to `most`. */
  count(filter: Filter, most: number, now: number): number {
    const { from, sql, values } = conditionOf(filter, now);
    const row = this.#database
      .prepare(`SELECT count(*) AS found FROM (SELECT 1 FROM ${from} WHERE ${sql} LIMIT ?)`)
      .get(...values, most) as { found: number };
    return row.found;
  }

  /** How many runs there are. */
  total(): number {
    return (this.#database.prepare('SELECT count(*) AS runs FROM history').get() as { runs: number }).runs;
  }

  /** Totals of the runs that fit, per policy, project, day, runtime or outcome. */
  usage(by: (typeof USAGE_KEYS)[number], filter: Filter, now: number): UsageRow[] {
    return usage(this.#database, by, filter, now);
  }

  /** See {@link insights}. */
  insights(wanted: InsightsRequest, now: number): Insights {
    return insights(this.#database, wanted, now);
  }

  /** One run's line; null when there is none. */
  line(id: string): RunSummary | null {
    const waiting = this.#unwritten.get(id);
    if (waiting) return waiting.summary;
    return this.#rows(`${LINE} WHERE history.id = ?`, id)[0]?.summary ?? null;
  }

  /** Runs that some process left open. */
  open(): OpenRun[] {
    return this.#rows(`${LINE} WHERE state <> 'finished'`);
  }

  /** Null when there is no such run, or only its line was written. */
  detail(id: string): RunDetail | null {
    const waiting = this.#unwritten.get(id)?.detail;
    if (waiting) return waiting;
    const row = this.#database
      .prepare('SELECT detail, pinned, tags, note FROM run_bodies JOIN history USING (seq) WHERE id = ?')
      .get(id) as { detail: Uint8Array | null; pinned: number; tags: string; note: string } | undefined;
    if (!row?.detail) return null;
    const detail = unpackDetail(row.detail);
    return { ...detail, summary: { ...detail.summary, ...marksOf(row) } };
  }

  /** Changes what a person made of a run; false when there is none. Tags are words without spaces. */
  mark(id: string, marks: Marks): boolean {
    const { changes } = this.#database
      .prepare(
        'UPDATE history SET pinned = coalesce(?, pinned), tags = coalesce(?, tags), note = coalesce(?, note) WHERE id = ?',
      )
      .run(
        marks.pinned === undefined ? null : Number(marks.pinned),
        marks.tags === undefined ? null : words(marks.tags),
        marks.note ?? null,
        id,
      );
    return changes > 0;
  }

  /** True when there was such a run. */
  remove(id: string): boolean {
    const waited = this.#unwritten.get(id) !== undefined;
    this.#unwritten.remove(id);
    return this.#atomically(() => {
      const seq = this.#seq(id);
      if (seq === null) return waited;
      this.#database.prepare('DELETE FROM history_text WHERE rowid = ?').run(seq);
      return this.#database.prepare('DELETE FROM history WHERE seq = ?').run(seq).changes > 0;
    });
  }

  /** Writes what waits one last time. The database is its opener's to close. */
  dispose(): void {
    const lost = this.#unwritten.end();
    if (lost > 0) this.#log.error('runs could not be written to the history and are lost', { runs: lost });
  }

  /** Ends it together with its database. */
  close(): void {
    this.dispose();
    this.#database.close();
  }

  /** Runs are numbered in the order in which they were begun; null when there is none. */
  #seq(id: string): number | null {
    const row = this.#database.prepare('SELECT seq FROM history WHERE id = ?').get(id) as { seq: number } | undefined;
    return row?.seq ?? null;
  }

  #indexText(seq: number, name: string, script: string, output: string): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO history_text (rowid, name, script, output) VALUES (?, ?, ?, ?)')
      .run(seq, name, script, output);
  }

  #atomically<T>(work: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (failure) {
      // A full disk makes SQLite roll back by itself.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw failure;
    }
  }

  #rows(sql: string, ...values: SqlValue[]): OpenRun[] {
    const runs: OpenRun[] = [];
    for (const raw of this.#database.prepare(sql).all(...values)) {
      const row = rowSchema.parse(raw);
      const summary = runSummarySchema.safeParse(JSON.parse(row.summary));
      if (summary.success) runs.push({ summary: { ...summary.data, ...marksOf(row) }, owner: row.owner });
      else
        this.#log.warn('a run in the history cannot be read and is left out', {
          run: row.id,
          problem: z.prettifyError(summary.error),
        });
    }
    return runs;
  }
}

function marksOf(row: { pinned: number; tags: string; note: string }): Pick<RunSummary, 'pinned' | 'tags' | 'note'> {
  return { pinned: row.pinned !== 0, tags: unwords(row.tags), note: row.note };
}
