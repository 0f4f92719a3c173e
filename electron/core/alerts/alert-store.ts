/** Alerts in the database: the recent ones, what was read, and which causes were told (AUD-3). */
import type { DatabaseSync } from 'node:sqlite';
import type { Alert, AlertRule, Severity } from '#shared/domain/alert.ts';
import type { Log } from '../storage/log.ts';

/** Alerts that are kept, cleared ones included. */
const KEPT = 500;

export interface NewAlert extends Omit<Alert, 'id' | 'read'> {
  readonly cause: string;
}

interface Row {
  id: number;
  rule: string;
  severity: string;
  message: string;
  run: string | null;
  subject: string;
  count: number;
  first_at: number;
  last_at: number;
  read: number;
}

function alertOf(row: Row): Alert {
  const { id, message, run, subject, count } = row;
  return {
    id,
    rule: row.rule as AlertRule,
    severity: row.severity as Severity,
    message,
    run,
    subject,
    count,
    firstAt: row.first_at,
    lastAt: row.last_at,
    read: row.read === 1,
  };
}

export interface AlertStore {
  /** Newest first; at most {@link KEPT}. */
  list(): Alert[];
  /** Writes it and returns it with its id; forgets the oldest beyond what is kept. */
  add(alert: NewAlert): Alert;
  /** It happened again. Null when it is no longer there. */
  update(id: number, change: Pick<Alert, 'message' | 'run' | 'count' | 'lastAt'>): Alert | null;
  /** Id of the newest alert of whatever process; 0 when there is none. */
  newest(): number;
  /** An alert of this cause was raised before, whether or not it was cleared since. */
  wasTold(cause: string): boolean;
  markRead(ids: readonly number[] | null): void;
  /** Nothing of it is listed any more. */
  clear(): void;
}

const ONE = 'SELECT * FROM alerts WHERE id = ? AND cleared = 0';
const ALL = 'SELECT * FROM alerts WHERE cleared = 0 ORDER BY id DESC LIMIT ?';
const INSERT = `INSERT INTO alerts (rule, severity, message, cause, run, subject, count, first_at, last_at)
   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const TRIM = 'DELETE FROM alerts WHERE id <= ?';
const CHANGE = 'UPDATE alerts SET message = ?, run = ?, count = ?, last_at = ? WHERE id = ? AND cleared = 0';
const NEWEST = 'SELECT max(id) AS id FROM alerts';
const TOLD = 'SELECT 1 FROM alerts WHERE cause = ? LIMIT 1';

/** Kept in the table `alerts`; what the disk refuses is logged and told all the same. */
export function createAlertStore(database: DatabaseSync, log: Log): AlertStore {
  // Statements are made where they are used: a fresh database may take the place of a damaged one at any time.
  const tryTo = <T>(work: () => T, otherwise: T): T => {
    try {
      return work();
    } catch (failure) {
      log.error('alerts could not be written', { problem: String(failure) });
      return otherwise;
    }
  };
  let unwritten = Number.MAX_SAFE_INTEGER;
  return {
    list: () => (database.prepare(ALL).all(KEPT) as unknown as Row[]).map(alertOf),
    add({ cause, ...alert }) {
      const { rule, severity, message, run, subject, count, firstAt, lastAt } = alert;
      return tryTo(
        () => {
          const times = [Math.round(firstAt), Math.round(lastAt)] as const;
          const { lastInsertRowid } = database
            .prepare(INSERT)
            .run(rule, severity, message, cause, run, subject, count, ...times);
          const id = Number(lastInsertRowid);
          database.prepare(TRIM).run(id - KEPT);
          return { ...alert, id, read: false };
        },
        { ...alert, id: unwritten--, read: false },
      );
    },
    update(id, { message, run, count, lastAt }) {
      return tryTo(() => {
        database.prepare(CHANGE).run(message, run, count, Math.round(lastAt), id);
        const row = database.prepare(ONE).get(id) as unknown as Row | undefined;
        return row === undefined ? null : alertOf(row);
      }, null);
    },
    newest: () => tryTo(() => (database.prepare(NEWEST).get() as { id: number | null }).id ?? 0, 0),
    wasTold: (cause) => database.prepare(TOLD).get(cause) !== undefined,
    markRead(ids) {
      tryTo(() => {
        if (ids === null) database.prepare('UPDATE alerts SET read = 1 WHERE read = 0').run();
        else for (const id of ids) database.prepare('UPDATE alerts SET read = 1 WHERE id = ?').run(id);
      }, undefined);
    },
    clear() {
      tryTo(() => void database.prepare('UPDATE alerts SET cleared = 1, read = 1').run(), undefined);
    },
  };
}

/** Milliseconds that runs of this name usually took: the median of the latest that succeeded, null with fewer than three. */
export function usualTime(database: DatabaseSync, name: string): number | null {
  const rows = database
    .prepare(
      `SELECT coalesce(script_ms, finished_at - started_at) AS took FROM history
       WHERE name = ? AND outcome = 'succeeded' AND started_at IS NOT NULL ORDER BY seq DESC LIMIT 51`,
    )
    .all(name) as unknown as { took: number }[];
  const sorted = rows.map(({ took }) => took).toSorted((a, b) => a - b);
  return sorted.length < 3 ? null : (sorted[sorted.length >> 1] ?? null);
}
