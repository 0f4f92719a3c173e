import { DatabaseSync, type StatementSync } from 'node:sqlite';

/** So many statements are kept compiled; what is searched for differs each time. */
const KEPT = 100;

/** A database that compiles a statement once: for one that writes runs, with its triggers, that takes as long as running it. */
export class Database extends DatabaseSync {
  readonly #known = new Map<string, StatementSync>();

  override prepare(sql: string): StatementSync {
    const known = this.#known.get(sql);
    if (known !== undefined) return known;
    if (this.#known.size >= KEPT) this.#known.clear();
    const statement = super.prepare(sql);
    this.#known.set(sql, statement);
    return statement;
  }
}
