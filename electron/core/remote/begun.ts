/** Which runs and workflows began over REST, for whom and under which key: kept as long as they are (HOST-3). */
import type { DatabaseSync } from 'node:sqlite';
import type { BegunApi } from '../core.ts';
import type { Log } from '../storage/log.ts';

interface Statements {
  readonly owner: string;
  readonly byKey: string;
  readonly add: string;
}

/** In the database; what it refuses (a full disk) is kept in memory until this process ends. */
function begunIn(database: DatabaseSync, { owner, byKey, add }: Statements, log: Log): BegunApi {
  const owners = new Map<string, string>();
  const keys = new Map<string, { id: string; request: string }>();
  return {
    ownerOf(id) {
      const row = database.prepare(owner).get({ id }) as { token: string } | undefined;
      return row?.token ?? owners.get(id) ?? null;
    },
    byKey(key) {
      const row = database.prepare(byKey).get({ key }) as { id: string; request: string } | undefined;
      return row ? { id: row.id, request: row.request } : (keys.get(key) ?? null);
    },
    remember(id, token, key) {
      try {
        database.prepare(add).run(id, token, key?.key ?? null, key?.request ?? null);
      } catch (failure) {
        log.error('who began something could not be written', { id, problem: String(failure) });
        owners.set(id, token);
        if (key !== null) keys.set(key.key, { id, request: key.request });
      }
    },
  };
}

export function createBegun(
  database: DatabaseSync,
  log: Log,
): { readonly runs: BegunApi; readonly workflows: BegunApi } {
  const workflows = begunIn(
    database,
    {
      owner: 'SELECT token FROM api_workflows WHERE workflow = :id',
      byKey: 'SELECT workflow AS id, request FROM api_workflows WHERE key = :key',
      add: 'INSERT INTO api_workflows (workflow, token, key, request) VALUES (?, ?, ?, ?)',
    },
    log,
  );
  const runs = begunIn(
    database,
    {
      owner: 'SELECT token FROM api_runs WHERE run = :id',
      byKey: 'SELECT run AS id, request FROM api_runs WHERE key = :key',
      add: 'INSERT INTO api_runs (run, token, key, request) VALUES (?, ?, ?, ?)',
    },
    log,
  );
  const ofStep = (run: string): string | null => {
    const row = database.prepare('SELECT workflow FROM workflow_runs WHERE run = ?').get(run) as
      | { workflow: string }
      | undefined;
    return row === undefined ? null : workflows.ownerOf(row.workflow);
  };
  return { runs: { ...runs, ownerOf: (run) => runs.ownerOf(run) ?? ofStep(run) }, workflows };
}
