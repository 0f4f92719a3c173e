/** Which runs began over REST, for whom and under which key: kept as long as the run is (HOST-3). */
import type { DatabaseSync } from 'node:sqlite';
import type { Log } from '../storage/log.ts';

export interface KeptRuns {
  ownerOf(run: string): string | null;
  byKey(key: string): { run: string; request: string } | null;
  remember(run: string, token: string, key: { readonly key: string; readonly request: string } | null): void;
}

/** In the database; what it refuses (a full disk) is kept in memory until this process ends. */
export function createKeptRuns(database: DatabaseSync, log: Log): KeptRuns {
  const owners = new Map<string, string>();
  const keys = new Map<string, { run: string; request: string }>();
  return {
    ownerOf(run) {
      const row = database.prepare('SELECT token FROM api_runs WHERE run = ?').get(run) as
        | { token: string }
        | undefined;
      return row?.token ?? owners.get(run) ?? null;
    },
    byKey(key) {
      const row = database.prepare('SELECT run, request FROM api_runs WHERE key = ?').get(key) as
        | { run: string; request: string }
        | undefined;
      return row ? { run: row.run, request: row.request } : (keys.get(key) ?? null);
    },
    remember(run, token, key) {
      try {
        database
          .prepare('INSERT INTO api_runs (run, token, key, request) VALUES (?, ?, ?, ?)')
          .run(run, token, key?.key ?? null, key?.request ?? null);
      } catch (failure) {
        log.error('who began a run could not be written', { run, problem: String(failure) });
        owners.set(run, token);
        if (key !== null) keys.set(key.key, { run, request: key.request });
      }
    },
  };
}
