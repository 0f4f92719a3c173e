/** Which sandboxes are kept, in the database: other processes' sweeps must know of them (RUN-14, RUN-10). */
import type { DatabaseSync } from 'node:sqlite';
import type { KeptSandbox } from '#shared/domain/kept.ts';

export interface KeptRow extends Omit<KeptSandbox, 'until'> {
  /** `uid:gid` of the script. */
  readonly user: string;
  /** Bytes of its scratch. */
  readonly scratch: number;
}

export interface KeptStore {
  list(): KeptRow[];
  get(run: string): KeptRow | null;
  /** False when so many are kept already. */
  add(row: KeptRow, most: number): boolean;
  forget(run: string): void;
  has(container: string): boolean;
}

/** Kept in the table `kept`. */
export function createKeptStore(database: DatabaseSync): KeptStore {
  const list = database.prepare('SELECT * FROM kept ORDER BY at DESC');
  const one = database.prepare('SELECT * FROM kept WHERE run = ?');
  const has = database.prepare('SELECT 1 FROM kept WHERE container = ?');
  const add = database.prepare(
    `INSERT INTO kept (run, name, container, engine, user, scratch, at)
     SELECT ?, ?, ?, ?, ?, ?, ? WHERE (SELECT count(*) FROM kept) < ?`,
  );
  return {
    list: () => list.all() as unknown as KeptRow[],
    get: (run) => (one.get(run) as unknown as KeptRow | undefined) ?? null,
    add: ({ run, name, container, engine, user, scratch, at }, most) =>
      add.run(run, name, container, engine, user, scratch, Math.round(at), most).changes === 1,
    forget: (run) => void database.prepare('DELETE FROM kept WHERE run = ?').run(run),
    has: (container) => has.get(container) !== undefined,
  };
}
