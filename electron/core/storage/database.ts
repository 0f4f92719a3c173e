/** The one SQLite file: opened, migrated in order, refused when it is newer than this program (design, Storage). */
import { chmodSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '#shared/lib/app-error.ts';
import { makeFolder } from './folder.ts';

/** Each step brings the schema from its index to the next number; steps are never changed once released. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE runs (
     id TEXT PRIMARY KEY,
     created_at INTEGER NOT NULL,
     name TEXT NOT NULL,
     state TEXT NOT NULL,
     owner TEXT NOT NULL,
     summary TEXT NOT NULL,
     detail TEXT
   ) STRICT;
   CREATE INDEX runs_created ON runs (created_at DESC);
   CREATE INDEX runs_open ON runs (state) WHERE state <> 'finished';`,
];

/**
 * Opens (or makes) the database with write-ahead logging, readable by its owner only.
 * Throws AppError `storage` when it cannot be opened, is damaged, or was written by a newer version.
 */
export function openDatabase(path: string): DatabaseSync {
  let database: DatabaseSync;
  try {
    makeFolder(dirname(path));
    database = new DatabaseSync(path, { timeout: 5000 });
    chmodSync(path, 0o600);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;');
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError(
      {
        code: 'storage',
        message: 'The history cannot be opened.',
        why: (cause as Error).message,
        next: `Check that ${dirname(path)} can be written and has free space; a damaged file can be moved aside, and a fresh one is made.`,
      },
      { cause },
    );
  }
  try {
    migrate(database);
    return database;
  } catch (failure) {
    database.close();
    throw failure;
  }
}

function migrate(database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
    if (version > MIGRATIONS.length) {
      throw new AppError({
        code: 'storage',
        message: 'The history was written by a newer version of Bellglass.',
        why: `Its schema has number ${version}; this version knows ${MIGRATIONS.length}.`,
        next: 'Update Bellglass, or point BELLGLASS_HOME at another folder.',
      });
    }
    for (const step of MIGRATIONS.slice(version)) database.exec(step);
    database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
    database.exec('COMMIT');
  } catch (failure) {
    database.exec('ROLLBACK');
    throw failure;
  }
}
