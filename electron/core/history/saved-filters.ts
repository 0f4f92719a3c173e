/** Filters that a person gave a name. */
import type { DatabaseSync } from 'node:sqlite';
import type { SavedFilter } from '#shared/contract/history.ts';

export class SavedFilters {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** By name. */
  list(): SavedFilter[] {
    return this.#database
      .prepare('SELECT name, filter FROM saved_filters ORDER BY name COLLATE NOCASE')
      .all() as unknown as SavedFilter[];
  }

  /** A filter of the same name is replaced. */
  save({ name, filter }: SavedFilter): void {
    this.#database.prepare('INSERT OR REPLACE INTO saved_filters (name, filter) VALUES (?, ?)').run(name, filter);
  }

  remove(name: string): void {
    this.#database.prepare('DELETE FROM saved_filters WHERE name = ?').run(name);
  }
}
