/** The one SQLite file: opened, migrated in order, refused when it is newer than this program (design, Storage). */
import { chmodSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { AppError } from '#shared/lib/app-error.ts';
import { makeFolder } from './folder.ts';
import { findDamage, isBusy, isDamage } from './health/damage.ts';
import { holdersOf, holderWords } from './health/holders.ts';
import { Database } from './statements.ts';
import { API_WORKFLOWS, WORKFLOW_RUNS, WORKFLOW_TABLES } from './workflow-tables.ts';
import { INSIGHT_COLUMNS, INSIGHT_LATER, INSIGHT_TABLES } from './insight-tables.ts';

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
  `CREATE TABLE policies (
     name TEXT PRIMARY KEY,
     good TEXT,
     opened_at INTEGER
   ) STRICT;
   CREATE TABLE approvals (
     path TEXT NOT NULL,
     hash TEXT NOT NULL,
     at INTEGER NOT NULL,
     PRIMARY KEY (path, hash)
   ) STRICT;`,
  `CREATE TABLE history (
     seq INTEGER PRIMARY KEY,
     id TEXT NOT NULL UNIQUE,
     created_at INTEGER NOT NULL,
     name TEXT NOT NULL,
     state TEXT NOT NULL,
     owner TEXT NOT NULL,
     policy TEXT NOT NULL,
     level TEXT NOT NULL,
     runtime TEXT NOT NULL,
     outcome TEXT,
     exit_code INTEGER,
     started_at INTEGER,
     finished_at INTEGER,
     peak_memory INTEGER NOT NULL,
     cpu_time INTEGER NOT NULL DEFAULT 0,
     output INTEGER NOT NULL DEFAULT 0,
     violations INTEGER NOT NULL,
     kinds TEXT NOT NULL DEFAULT ' ',
     project TEXT NOT NULL DEFAULT '',
     pinned INTEGER NOT NULL DEFAULT 0,
     tags TEXT NOT NULL DEFAULT ' ',
     note TEXT NOT NULL DEFAULT ''
   ) STRICT;
   CREATE TABLE run_bodies (
     seq INTEGER PRIMARY KEY REFERENCES history (seq) ON DELETE CASCADE,
     summary TEXT NOT NULL,
     detail BLOB
   ) STRICT;
   INSERT INTO history (id, created_at, name, state, owner, policy, level, runtime, outcome, exit_code, started_at, finished_at, peak_memory, violations)
     SELECT id, created_at, name, state, owner, summary ->> '$.policy', summary ->> '$.level', summary ->> '$.runtime',
       summary ->> '$.verdict.outcome', summary ->> '$.verdict.exitCode',
       CAST(summary ->> '$.startedAt' AS INTEGER), CAST(summary ->> '$.finishedAt' AS INTEGER),
       CAST(coalesce(summary ->> '$.peakMemory', 0) AS INTEGER), coalesce(summary ->> '$.violations', 0)
     FROM runs ORDER BY created_at;
   INSERT INTO run_bodies (seq, summary, detail)
     SELECT history.seq, runs.summary, CAST(runs.detail AS BLOB) FROM runs JOIN history ON history.id = runs.id;
   DROP TABLE runs;
   CREATE INDEX history_open ON history (state) WHERE state <> 'finished';
   CREATE INDEX history_outcome ON history (outcome);
   CREATE INDEX history_policy ON history (policy COLLATE NOCASE);
   CREATE VIRTUAL TABLE history_text USING fts5(name, script, output, content='', contentless_delete=1, tokenize='unicode61');
   INSERT INTO history_text (rowid, name, script, output) SELECT seq, name, '', '' FROM history;
   CREATE TABLE saved_filters (
     name TEXT PRIMARY KEY,
     filter TEXT NOT NULL
   ) STRICT;`,
  `CREATE TABLE api_runs (
     run TEXT PRIMARY KEY REFERENCES history (id) ON DELETE CASCADE,
     token TEXT NOT NULL,
     key TEXT UNIQUE,
     request TEXT
   ) STRICT;`,
  INSIGHT_COLUMNS,
  INSIGHT_TABLES,
  `CREATE TABLE alerts (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     rule TEXT NOT NULL,
     severity TEXT NOT NULL,
     message TEXT NOT NULL,
     cause TEXT NOT NULL,
     run TEXT,
     subject TEXT NOT NULL,
     count INTEGER NOT NULL,
     first_at INTEGER NOT NULL,
     last_at INTEGER NOT NULL,
     read INTEGER NOT NULL DEFAULT 0,
     cleared INTEGER NOT NULL DEFAULT 0
   ) STRICT;
   CREATE INDEX alerts_cause ON alerts (cause);
   CREATE INDEX history_name ON history (name, outcome);`,
  `CREATE TABLE queued (
     run TEXT PRIMARY KEY REFERENCES history (id) ON DELETE CASCADE,
     place INTEGER,
     by TEXT NOT NULL
   ) STRICT;`,
  WORKFLOW_TABLES,
  `CREATE TABLE kept (
     run TEXT PRIMARY KEY,
     name TEXT NOT NULL,
     container TEXT NOT NULL UNIQUE,
     engine TEXT NOT NULL,
     user TEXT NOT NULL,
     scratch INTEGER NOT NULL,
     at INTEGER NOT NULL
   ) STRICT;`,
  INSIGHT_LATER,
  WORKFLOW_RUNS,
  API_WORKFLOWS,
];

const SET_UP = 'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;';
/** Milliseconds that another program is waited for. */
const WAIT_MS = 5000;
/** Bytes up to which a database is checked before it is used; it takes 20 ms. A larger one is checked beside the work. */
export const CHECKED_AT_ONCE = 32 * 1024 * 1024;

/** AppError `storage`: the file is not, or not wholly, a database. */
export class DamagedDatabase extends AppError {
  /** What is wrong with it. */
  readonly found: string;

  constructor(found: string, cause?: unknown) {
    super(
      {
        code: 'storage',
        message: 'The history is damaged.',
        why: `Its file is not a whole database any more: ${found}.`,
        next: 'Put it aside and start a fresh one with `bellglass doctor --fresh-history`; nothing is overwritten.',
      },
      { cause },
    );
    this.found = found;
  }
}

function busy(path: string, cause: unknown): AppError {
  const holders = holdersOf(path);
  return new AppError(
    {
      code: 'storage',
      message: 'The history is locked by another program.',
      why: `${holders.length === 0 ? 'Which one is not known here' : `Open in ${holderWords(holders)}`}; it was waited for ${WAIT_MS / 1000} s.`,
      next: 'End what writes to it: another Bellglass, a backup, a database tool.',
    },
    { cause },
  );
}

function readable(path: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  if (isDamage(cause)) return new DamagedDatabase((cause as Error).message, cause);
  if (isBusy(cause)) return busy(path, cause);
  return new AppError(
    {
      code: 'storage',
      message: 'The history cannot be opened.',
      why: (cause as Error).message,
      next: `Check that ${dirname(path)} can be written and has free space.`,
    },
    { cause },
  );
}

/**
 * Opens (or makes) the database with write-ahead logging, readable by its owner only.
 * Throws AppError `storage` when it cannot be opened, is locked, or was written by a newer version; DamagedDatabase when it is damaged.
 */
export function openDatabase(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    makeFolder(dirname(path));
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    database = new Database(path, { timeout: WAIT_MS });
    chmodSync(path, 0o600);
    database.exec(SET_UP);
    const found = size > 0 && size <= CHECKED_AT_ONCE ? findDamage(database) : null;
    if (found !== null) throw new DamagedDatabase(found);
    migrate(database);
    return database;
  } catch (cause) {
    database?.close();
    throw readable(path, cause);
  }
}

/** A database that is gone with the process. */
export function openInMemory(): DatabaseSync {
  const database = new Database(':memory:');
  database.exec('PRAGMA foreign_keys = ON;');
  migrate(database);
  return database;
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
    if (database.isTransaction) database.exec('ROLLBACK');
    throw failure;
  }
}
