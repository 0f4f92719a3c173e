/**
 * What insights are counted from: per hour how many finished runs there were of each kind, kept by the database itself (AUD-4).
 * Counting 100,000 runs anew for every look would take half a second.
 */

/** Lower edges of the stretches in which times are counted, in milliseconds. Part of the schema: never change them, add a step. */
export const TIME_EDGES = [
  0, 1, 2, 5, 10, 20, 50, 100, 150, 200, 300, 400, 500, 750, 1000, 1500, 2000, 3000, 5000, 10_000, 30_000, 60_000,
  300_000,
] as const;

/** Column of a run → name of what took the time. */
const TIMES = {
  queued_ms: 'queued',
  prepare_ms: 'prepare',
  create_ms: 'create',
  inject_ms: 'inject',
  first_byte: 'firstByte',
  script_ms: 'script',
} as const;
const COLUMNS = Object.keys(TIMES);

const BIN = `CASE ${TIME_EDGES.slice(1)
  .map((edge, at) => `WHEN ms < ${edge} THEN ${TIME_EDGES[at]}`)
  .join(' ')} ELSE ${TIME_EDGES.at(-1)} END`;

const hour = (row: string): string => `${row}.created_at / 3600000`;
const run = (row: string): string =>
  `${hour(row)}, ${row}.policy, ${row}.runtime, coalesce(${row}.outcome, ''), substr(${row}.reason, 1, 200), ${row}.rule, ${row}.kinds`;
const times = (row: string): string =>
  `SELECT phase, ${BIN} AS bin FROM (${Object.entries(TIMES)
    .map(([column, phase]) => `SELECT '${phase}' AS phase, ${row}.${column} AS ms`)
    .join(' UNION ALL ')}) WHERE ms IS NOT NULL`;

const ADD = `
  INSERT INTO insight_runs VALUES (${run('NEW')}, 1)
    ON CONFLICT DO UPDATE SET runs = runs + 1;
  INSERT INTO insight_times SELECT ${hour('NEW')}, NEW.policy, NEW.runtime, NEW.rule, phase, bin, 1 FROM (${times('NEW')}) WHERE true
    ON CONFLICT DO UPDATE SET runs = runs + 1;`;
const REMOVE = `
  UPDATE insight_runs SET runs = runs - 1
    WHERE (hour, policy, runtime, outcome, reason, rule, kinds) = (${run('OLD')});
  DELETE FROM insight_runs WHERE hour = ${hour('OLD')} AND runs < 1;
  UPDATE insight_times SET runs = runs - 1
    WHERE (hour, policy, runtime, rule) = (${hour('OLD')}, OLD.policy, OLD.runtime, OLD.rule) AND (phase, bin) IN (${times('OLD')});
  DELETE FROM insight_times WHERE hour = ${hour('OLD')} AND runs < 1;`;
const CHANGING = ['state', 'outcome', 'reason', 'rule', 'kinds', ...COLUMNS].join(', ');

/** One step of the migrations. Runs from before have no times; why they ended is taken from their record. */
export const INSIGHT_TABLES = `
  ALTER TABLE history ADD COLUMN reason TEXT NOT NULL DEFAULT '';
  ALTER TABLE history ADD COLUMN rule TEXT NOT NULL DEFAULT '';
  ${COLUMNS.map((column) => `ALTER TABLE history ADD COLUMN ${column} INTEGER;`).join('\n  ')}
  UPDATE history SET (reason, rule) = (
    SELECT coalesce(summary ->> '$.verdict.reason', ''), coalesce(summary ->> '$.verdict.rule', '')
    FROM run_bodies WHERE run_bodies.seq = history.seq)
    WHERE EXISTS (SELECT 1 FROM run_bodies WHERE run_bodies.seq = history.seq);
  CREATE TABLE insight_runs (
    hour INTEGER NOT NULL, policy TEXT NOT NULL, runtime TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL,
    rule TEXT NOT NULL, kinds TEXT NOT NULL, runs INTEGER NOT NULL,
    PRIMARY KEY (hour, policy, runtime, outcome, reason, rule, kinds)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE insight_times (
    hour INTEGER NOT NULL, policy TEXT NOT NULL, runtime TEXT NOT NULL, rule TEXT NOT NULL, phase TEXT NOT NULL,
    bin INTEGER NOT NULL, runs INTEGER NOT NULL,
    PRIMARY KEY (hour, policy, runtime, rule, phase, bin)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO insight_runs SELECT ${run('history')}, count(*) FROM history WHERE state = 'finished' GROUP BY 1, 2, 3, 4, 5, 6, 7;
  CREATE TRIGGER insight_begun AFTER INSERT ON history WHEN NEW.state = 'finished' BEGIN ${ADD} END;
  CREATE TRIGGER insight_before AFTER UPDATE OF ${CHANGING} ON history WHEN OLD.state = 'finished' BEGIN ${REMOVE} END;
  CREATE TRIGGER insight_after AFTER UPDATE OF ${CHANGING} ON history WHEN NEW.state = 'finished' BEGIN ${ADD} END;
  CREATE TRIGGER insight_removed AFTER DELETE ON history WHEN OLD.state = 'finished' BEGIN ${REMOVE} END;`;
