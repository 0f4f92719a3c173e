/** What is remembered about policies beside their files: the last good text, when it was opened, which project files were approved (POL-3, POL-4, POL-6). */
import type { DatabaseSync } from 'node:sqlite';
import type { ProjectApproval } from '#shared/contract/policies.ts';

export interface PolicyMemory {
  /** The last text without errors; null when none was ever seen. */
  good(name: string): string | null;
  keepGood(name: string, text: string): void;
  /** Name → epoch milliseconds, of those that were ever opened. */
  openedAt(): ReadonlyMap<string, number>;
  opened(name: string, at: number): void;
  names(): string[];
  rename(name: string, to: string): void;
  forget(name: string): void;
  approvals(): ProjectApproval[];
  isApproved(path: string, hash: string): boolean;
  approve(approval: ProjectApproval): void;
  /** Every content of this file. False when there was none. */
  revoke(path: string): boolean;
}

/** Kept in the tables `policies` and `approvals`. */
export function createPolicyMemory(database: DatabaseSync): PolicyMemory {
  return {
    good(name) {
      const row = database.prepare('SELECT good FROM policies WHERE name = ?').get(name);
      return (row as { good: string | null } | undefined)?.good ?? null;
    },
    keepGood(name, text) {
      database
        .prepare(
          `INSERT INTO policies (name, good) VALUES (?, ?)
           ON CONFLICT (name) DO UPDATE SET good = excluded.good WHERE good IS NOT excluded.good`,
        )
        .run(name, text);
    },
    openedAt() {
      const rows = database.prepare('SELECT name, opened_at AS at FROM policies WHERE opened_at IS NOT NULL').all();
      return new Map((rows as { name: string; at: number }[]).map(({ name, at }) => [name, at]));
    },
    opened(name, at) {
      database
        .prepare(
          'INSERT INTO policies (name, opened_at) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET opened_at = excluded.opened_at',
        )
        .run(name, at);
    },
    names: () => (database.prepare('SELECT name FROM policies').all() as { name: string }[]).map(({ name }) => name),
    rename(name, to) {
      database.prepare('UPDATE OR REPLACE policies SET name = ? WHERE name = ?').run(to, name);
    },
    forget(name) {
      database.prepare('DELETE FROM policies WHERE name = ?').run(name);
    },
    approvals: () =>
      (
        database.prepare('SELECT path, hash, at FROM approvals ORDER BY path, at').all() as unknown as ProjectApproval[]
      ).map(({ path, hash, at }) => ({ path, hash, at })),
    isApproved: (path, hash) =>
      database.prepare('SELECT 1 FROM approvals WHERE path = ? AND hash = ?').get(path, hash) !== undefined,
    approve({ path, hash, at }) {
      database.prepare('INSERT OR REPLACE INTO approvals (path, hash, at) VALUES (?, ?, ?)').run(path, hash, at);
    },
    revoke: (path) => database.prepare('DELETE FROM approvals WHERE path = ?').run(path).changes > 0,
  };
}
