/**
 * The queue as it is kept on disk, so that it survives the app (RUN-8): which runs wait, in which order and for whom.
 * What they were given is kept beside their output, without the values of secrets.
 */
import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import type { PartialPolicy } from '#shared/domain/policy.ts';
import type { Caller } from '../../core.ts';

/** A run that waited when its process ended. */
export interface KeptRun {
  readonly id: string;
  /** Where a person put it. */
  readonly place: number | undefined;
  readonly by: Caller | null;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

const rowSchema = z.object({ run: z.string(), place: z.number().nullable(), by: z.string(), created_at: z.number() });
const callerSchema = z
  .object({
    token: z.string(),
    ceilings: z.custom<PartialPolicy>((value) => typeof value === 'object' && value !== null),
  })
  .nullable();

/** Of a run that waits while no process has it. */
const NOBODY = '';

export class KeptQueue {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** From now on it waits; its line must be in the history. */
  add(id: string, by: Caller | null, place: number | undefined): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO queued (run, place, by) VALUES (?, ?, ?)')
      .run(id, place ?? null, JSON.stringify(by));
  }

  /** It waits no more. */
  remove(ids: readonly string[]): void {
    const statement = this.#database.prepare('DELETE FROM queued WHERE run = ?');
    this.#atomically(() => {
      for (const id of ids) statement.run(id);
    });
  }

  /** Runs that are not named have no place of their own. */
  place(places: ReadonlyMap<string, number>): void {
    const statement = this.#database.prepare('UPDATE queued SET place = ? WHERE run = ?');
    this.#atomically(() => {
      for (const [id, place] of places) statement.run(place, id);
    });
  }

  has(id: string): boolean {
    return this.#database.prepare('SELECT 1 FROM queued WHERE run = ?').get(id) !== undefined;
  }

  /** Leaves them to whoever comes next. */
  release(ids: readonly string[]): void {
    const statement = this.#database.prepare('UPDATE history SET owner = ? WHERE id = ?');
    this.#atomically(() => {
      for (const id of ids) statement.run(NOBODY, id);
    });
  }

  /** Makes `owner` the owner of all whose process is gone, in order of arrival; of two that ask at once each run goes to one. */
  takeOver(owner: string, ownerAlive: (owner: string) => boolean): KeptRun[] {
    const found: KeptRun[] = [];
    this.#atomically(() => {
      const rows = this.#database
        .prepare('SELECT run, place, by, created_at, owner FROM queued JOIN history ON history.id = run ORDER BY seq')
        .all();
      const take = this.#database.prepare('UPDATE history SET owner = ? WHERE id = ?');
      for (const raw of rows) {
        const { run, place, by, created_at: createdAt } = rowSchema.parse(raw);
        if (ownerAlive(String(raw['owner']))) continue;
        take.run(owner, run);
        found.push({ id: run, place: place ?? undefined, by: callerSchema.parse(JSON.parse(by)), createdAt });
      }
    });
    return found;
  }

  #atomically(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#database.exec('COMMIT');
    } catch (failure) {
      this.#database.exec('ROLLBACK');
      throw failure;
    }
  }
}
