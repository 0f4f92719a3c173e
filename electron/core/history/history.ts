/** What is kept of every run (RUN-12, first table). */
import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { runDetailSchema, type RunDetail } from '#shared/contract/runs.ts';
import { runSummarySchema, type RunSummary } from '#shared/domain/run.ts';
import type { Log } from '../storage/log.ts';

const rowSchema = z.object({ id: z.string(), owner: z.string(), summary: z.string(), detail: z.string().nullable() });

/** A run that was not finished when it was last written, with the process that had it. */
export interface OpenRun {
  readonly summary: RunSummary;
  readonly owner: string;
}

export class History {
  readonly #database: DatabaseSync;
  readonly #log: Log;

  constructor(database: DatabaseSync, log: Log) {
    this.#database = database;
    this.#log = log;
  }

  /** Writes a run's line; the detail only when it is given. */
  save(summary: RunSummary, owner: string, detail?: RunDetail): void {
    this.#database
      .prepare(
        `INSERT INTO runs (id, created_at, name, state, owner, summary, detail) VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET state = excluded.state, owner = excluded.owner, summary = excluded.summary,
           detail = coalesce(excluded.detail, detail)`,
      )
      .run(
        summary.id,
        summary.createdAt,
        summary.name,
        summary.state,
        owner,
        JSON.stringify(summary),
        detail ? JSON.stringify(detail) : null,
      );
  }

  /** Newest first, at most `limit`. */
  list(limit: number): RunSummary[] {
    return this.#rows(
      'SELECT id, owner, summary, NULL AS detail FROM runs ORDER BY created_at DESC LIMIT ?',
      limit,
    ).map((row) => row.summary);
  }

  /** Runs that some process left open. */
  open(): OpenRun[] {
    return this.#rows(`SELECT id, owner, summary, NULL AS detail FROM runs WHERE state <> 'finished'`);
  }

  /** Null when there is no such run, or only its line was written. */
  detail(id: string): RunDetail | null {
    const row = this.#database.prepare('SELECT detail FROM runs WHERE id = ?').get(id) as
      | { detail: string | null }
      | undefined;
    if (!row?.detail) return null;
    return runDetailSchema.parse(JSON.parse(row.detail));
  }

  /** True when there was such a run. */
  remove(id: string): boolean {
    return this.#database.prepare('DELETE FROM runs WHERE id = ?').run(id).changes > 0;
  }

  close(): void {
    this.#database.close();
  }

  #rows(sql: string, ...values: number[]): OpenRun[] {
    const runs: OpenRun[] = [];
    for (const raw of this.#database.prepare(sql).all(...values)) {
      const row = rowSchema.parse(raw);
      const summary = runSummarySchema.safeParse(JSON.parse(row.summary));
      if (summary.success) runs.push({ summary: summary.data, owner: row.owner });
      else
        this.#log.warn('a run in the history cannot be read and is left out', {
          run: row.id,
          problem: z.prettifyError(summary.error),
        });
    }
    return runs;
  }
}
