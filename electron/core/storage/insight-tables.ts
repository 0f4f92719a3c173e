/**
 * What insights are counted from: how many finished runs of each kind there were per hour and per week, kept by the
 * database itself (AUD-4). Counting 100,000 runs anew for every look would take half a second.
 */

/** Lower edges of the stretches in which times are counted, in milliseconds. Part of the schema: never change them, add a step. */
export const TIME_EDGES = [
  0, 1, 2, 5, 10, 20, 50, 100, 150, 200, 300, 400, 500, 750, 1000, 1500, 2000, 3000, 5000, 10_000, 30_000, 60_000,
  300_000,
] as const;

/** Columns of the first step, part of the schema. */
const FIRST_COLUMNS = {
  queued_ms: 'queued',
  prepare_ms: 'prepare',
  create_ms: 'create',
  inject_ms: 'inject',
  first_byte: 'firstByte',
  script_ms: 'script',
} as const;
/** What a later step added. */
const LATER_COLUMNS = { claim_ms: 'claim', extract_ms: 'extract' } as const;

/** Column of a run → name of what took the time. */
export const TIME_COLUMNS = { ...FIRST_COLUMNS, ...LATER_COLUMNS } as const;
type Columns = Readonly<Record<string, string>>;

const BIN = `CASE ${TIME_EDGES.slice(1)
  .map((edge, at) => `WHEN ms < ${edge} THEN ${TIME_EDGES[at]}`)
  .join(' ')} ELSE ${TIME_EDGES.at(-1)} END`;

/** Weeks begin on Monday, counted from the first one after the epoch. */
export const WEEK_MS = 604_800_000;
export const FIRST_WEEK_MS = 345_600_000;

const hour = (row: string): string => `${row}.created_at / 3600000`;
const week = (row: string): string => `(${row}.created_at - ${FIRST_WEEK_MS}) / ${WEEK_MS}`;
const KIND = 'policy, runtime, outcome, reason, rule, kinds';
const kind = (row: string): string =>
  `${row}.policy, ${row}.runtime, coalesce(${row}.outcome, ''), substr(${row}.reason, 1, 200), ${row}.rule, ${row}.kinds`;
const cell = (row: string): string => `(SELECT id FROM insight_cells WHERE (${KIND}) = (${kind(row)}))`;
const times = (row: string, columns: Columns): string =>
  `SELECT phase, ${BIN} AS bin FROM (${Object.entries(columns)
    .map(([column, phase]) => `SELECT '${phase}' AS phase, ${row}.${column} AS ms`)
    .join(' UNION ALL ')}) WHERE ms IS NOT NULL`;

const add = (columns: Columns): string => `
  INSERT INTO insight_cells (${KIND}) VALUES (${kind('NEW')}) ON CONFLICT DO NOTHING;
  INSERT INTO insight_hours VALUES (${hour('NEW')}, ${cell('NEW')}, 1) ON CONFLICT DO UPDATE SET runs = runs + 1;
  INSERT INTO insight_weeks VALUES (${week('NEW')}, ${cell('NEW')}, 1) ON CONFLICT DO UPDATE SET runs = runs + 1;
  INSERT INTO insight_times SELECT ${week('NEW')}, NEW.policy, NEW.runtime, phase, bin, 1 FROM (${times('NEW', columns)}) WHERE true
    ON CONFLICT DO UPDATE SET runs = runs + 1;`;
const remove = (columns: Columns): string => `
  UPDATE insight_hours SET runs = runs - 1 WHERE hour = ${hour('OLD')} AND cell = ${cell('OLD')};
  DELETE FROM insight_hours WHERE hour = ${hour('OLD')} AND runs < 1;
  UPDATE insight_weeks SET runs = runs - 1 WHERE week = ${week('OLD')} AND cell = ${cell('OLD')};
  DELETE FROM insight_weeks WHERE week = ${week('OLD')} AND runs < 1;
  UPDATE insight_times SET runs = runs - 1
    WHERE (week, policy, runtime) = (${week('OLD')}, OLD.policy, OLD.runtime) AND (phase, bin) IN (${times('OLD', columns)});
  DELETE FROM insight_times WHERE week = ${week('OLD')} AND runs < 1;`;
const triggers = (columns: Columns): string => {
  const changing = ['state', 'outcome', 'reason', 'rule', 'kinds', ...Object.keys(columns)].join(', ');
  return `
  CREATE INDEX history_times ON history (created_at, policy, runtime, state, ${Object.keys(columns).join(', ')});
  CREATE TRIGGER insight_begun AFTER INSERT ON history WHEN NEW.state = 'finished' BEGIN ${add(columns)} END;
  CREATE TRIGGER insight_before AFTER UPDATE OF ${changing} ON history WHEN OLD.state = 'finished' BEGIN ${remove(columns)} END;
  CREATE TRIGGER insight_after AFTER UPDATE OF ${changing} ON history WHEN NEW.state = 'finished' BEGIN ${add(columns)} END;
  CREATE TRIGGER insight_removed AFTER DELETE ON history WHEN OLD.state = 'finished' BEGIN ${remove(columns)} END;`;
};
const NO_TRIGGERS = ['begun', 'before', 'after', 'removed']
  .map((name) => `DROP TRIGGER IF EXISTS insight_${name};`)
  .join(' ');
const COUNTED = `FROM history WHERE state = 'finished' GROUP BY 1, 2`;

const added = (columns: Columns): string =>
  Object.keys(columns)
    .map((column) => `ALTER TABLE history ADD COLUMN ${column} INTEGER;`)
    .join('\n  ');

/** A step of the migrations: runs from before have no times; why they ended is taken from their record. */
export const INSIGHT_COLUMNS = `
  ALTER TABLE history ADD COLUMN reason TEXT NOT NULL DEFAULT '';
  ALTER TABLE history ADD COLUMN rule TEXT NOT NULL DEFAULT '';
  ${added(FIRST_COLUMNS)}
  UPDATE history SET (reason, rule) = (
    SELECT coalesce(summary ->> '$.verdict.reason', ''), coalesce(summary ->> '$.verdict.rule', '')
    FROM run_bodies WHERE run_bodies.seq = history.seq)
    WHERE EXISTS (SELECT 1 FROM run_bodies WHERE run_bodies.seq = history.seq);`;

/** The step after it. */
export const INSIGHT_TABLES = `
  ${NO_TRIGGERS}
  DROP TABLE IF EXISTS insight_runs;
  DROP TABLE IF EXISTS insight_times;
  CREATE TABLE insight_cells (
    id INTEGER PRIMARY KEY, policy TEXT NOT NULL, runtime TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL,
    rule TEXT NOT NULL, kinds TEXT NOT NULL, UNIQUE (${KIND})
  ) STRICT;
  CREATE TABLE insight_hours (
    hour INTEGER NOT NULL, cell INTEGER NOT NULL, runs INTEGER NOT NULL, PRIMARY KEY (hour, cell)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE insight_weeks (
    week INTEGER NOT NULL, cell INTEGER NOT NULL, runs INTEGER NOT NULL, PRIMARY KEY (week, cell)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE insight_times (
    week INTEGER NOT NULL, policy TEXT NOT NULL, runtime TEXT NOT NULL, phase TEXT NOT NULL, bin INTEGER NOT NULL,
    runs INTEGER NOT NULL, PRIMARY KEY (week, policy, runtime, phase, bin)
  ) STRICT, WITHOUT ROWID;
  INSERT OR IGNORE INTO insight_cells (${KIND}) SELECT ${kind('history')} FROM history WHERE state = 'finished';
  INSERT INTO insight_hours SELECT ${hour('history')}, ${cell('history')}, count(*) ${COUNTED};
  INSERT INTO insight_weeks SELECT ${week('history')}, ${cell('history')}, count(*) ${COUNTED};
  ${triggers(FIRST_COLUMNS)}`;

/** A later step: taking a waiting sandbox and taking files out are counted too; runs from before have no such times. */
export const INSIGHT_LATER = `
  ${added(LATER_COLUMNS)}
  ${NO_TRIGGERS}
  DROP INDEX history_times;
  ${triggers(TIME_COLUMNS)}`;
