/**
 * The end of the audit, kept apart from its file, and the lock of all who append: one row of a small database of its own.
 * The system lets go of the lock when a process dies, at whatever moment (AUD-1).
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { GENESIS, type Anchor } from '#shared/audit/chain.ts';
import { AppError } from '#shared/lib/app-error.ts';

/** The last record, and how many bytes the file had with it. */
export interface Head extends Anchor {
  readonly size: number;
}

export const NO_HEAD: Head = { seq: 0, hash: GENESIS, size: 0 };

const TRY_EVERY_MS = 10;
const GIVE_UP_MS = 10_000;
const SQLITE_BUSY = 5;

const headPath = (folder: string): string => join(folder, 'head.db');

function read(database: DatabaseSync): Head | null {
  const row = database.prepare('SELECT seq, hash, size FROM head').get() as unknown as Head | undefined;
  return row === undefined ? null : { seq: row.seq, hash: row.hash, size: row.size };
}

/** Null when nothing was ever written, or what was kept is gone. Changes nothing. Throws what the system says for a damaged one. */
export function readHead(folder: string): Head | null {
  if (!existsSync(headPath(folder))) return null;
  const database = new DatabaseSync(headPath(folder), { timeout: 5000 });
  try {
    const made = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'head'").get() !== undefined;
    return made ? read(database) : null;
  } finally {
    database.close();
  }
}

export interface HeadKeeper {
  /** Runs `work` with the present head while nobody else appends; what it returns is the new head. Throws AppError `storage` after 10 s. */
  advance(work: (head: Head) => Promise<Head>): Promise<void>;
  close(): void;
}

export function openHead(folder: string): HeadKeeper {
  // Waiting is done here, not in SQLite: that would hold up the whole process.
  const database = new DatabaseSync(headPath(folder), { timeout: 0 });
  let set = false;

  const attempt = (sql: string): boolean => {
    try {
      database.exec(sql);
      return true;
    } catch (failure) {
      if ((failure as { errcode?: number }).errcode === SQLITE_BUSY) return false;
      throw failure;
    }
  };
  const persist = async (sql: string): Promise<void> => {
    for (const until = Date.now() + GIVE_UP_MS; !attempt(sql); await wait(TRY_EVERY_MS)) {
      if (Date.now() > until)
        throw new AppError({
          code: 'storage',
          message: 'The audit is locked by another program.',
          why: 'It holds the lock for more than 10 s.',
          next: 'Close the other Bellglass.',
        });
    }
  };

  return {
    async advance(work) {
      if (!set) {
        await persist('PRAGMA journal_mode = WAL');
        await persist(
          'CREATE TABLE IF NOT EXISTS head (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, hash TEXT NOT NULL, size INTEGER NOT NULL) STRICT',
        );
        set = true;
      }
      await persist('BEGIN IMMEDIATE');
      try {
        const { seq, hash, size } = await work(read(database) ?? NO_HEAD);
        database.prepare('INSERT OR REPLACE INTO head (one, seq, hash, size) VALUES (1, ?, ?, ?)').run(seq, hash, size);
        await persist('COMMIT');
      } catch (failure) {
        if (database.isTransaction) database.exec('ROLLBACK');
        throw failure;
      }
    },
    close: () => database.close(),
  };
}
