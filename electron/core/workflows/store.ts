/** Workflows in the database: each with what it was started from, how far it is, and what its steps gave back (WF-1). */
import { gunzipSync, gzipSync } from 'node:zlib';
import type { DatabaseSync } from 'node:sqlite';
import type { WorkflowLaunch } from '#shared/contract/workflows.ts';
import type { WorkflowPlan, WorkflowStep, WorkflowSummary } from '#shared/domain/workflow.ts';
import type { StepResult } from './result.ts';

/** Everything that is kept of one workflow, but for the results. */
export interface KeptWorkflow {
  readonly summary: WorkflowSummary;
  readonly plan: WorkflowPlan;
  readonly steps: readonly WorkflowStep[];
  /** Without secrets. */
  readonly launch: WorkflowLaunch;
  readonly stopped: boolean;
  readonly interrupted: boolean;
}

const pack = (value: unknown): Buffer => gzipSync(JSON.stringify(value), { level: 1 });
const unpack = (bytes: unknown): unknown => JSON.parse(gunzipSync(bytes as Uint8Array).toString());

type Row = { summary: string; steps: string; marks: string; body: Uint8Array; owner: string };

export class WorkflowStore {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  add(kept: KeptWorkflow, owner: string): void {
    const { summary, plan, steps, launch, stopped, interrupted } = kept;
    this.#database
      .prepare('INSERT INTO workflows (id, state, owner, summary, steps, marks, body) VALUES (?, ?, ?, ?, ?, ?, ?)')
      .run(
        summary.id,
        summary.state,
        owner,
        JSON.stringify(summary),
        JSON.stringify(steps),
        JSON.stringify({ stopped, interrupted }),
        pack({ plan, launch }),
      );
  }

  /** How far it is; what it was started from does not change. */
  save(
    { summary, steps, stopped, interrupted }: Pick<KeptWorkflow, 'summary' | 'steps' | 'stopped' | 'interrupted'>,
    owner: string,
  ): void {
    this.#database
      .prepare('UPDATE workflows SET state = ?, owner = ?, summary = ?, steps = ?, marks = ? WHERE id = ?')
      .run(
        summary.state,
        owner,
        JSON.stringify(summary),
        JSON.stringify(steps),
        JSON.stringify({ stopped, interrupted }),
        summary.id,
      );
  }

  get(id: string): (KeptWorkflow & { readonly owner: string }) | null {
    const row = this.#database
      .prepare('SELECT summary, steps, marks, body, owner FROM workflows WHERE id = ?')
      .get(id) as Row | undefined;
    if (row === undefined) return null;
    return {
      owner: row.owner,
      summary: JSON.parse(row.summary) as WorkflowSummary,
      steps: JSON.parse(row.steps) as WorkflowStep[],
      ...(JSON.parse(row.marks) as Pick<KeptWorkflow, 'stopped' | 'interrupted'>),
      ...(unpack(row.body) as Pick<KeptWorkflow, 'plan' | 'launch'>),
    };
  }

  has(id: string): boolean {
    return this.#database.prepare('SELECT 1 FROM workflows WHERE id = ?').get(id) !== undefined;
  }

  /** Newest first, those before `before`. */
  list(before: string | undefined, limit: number): WorkflowSummary[] {
    const rows = this.#database
      .prepare('SELECT summary FROM workflows WHERE id < ? ORDER BY id DESC LIMIT ?')
      .all(before ?? '~', limit);
    return (rows as { summary: string }[]).map(({ summary }) => JSON.parse(summary) as WorkflowSummary);
  }

  /** Ids and owners of those that go on, as far as is written. */
  open(): { readonly id: string; readonly owner: string }[] {
    return this.#database.prepare("SELECT id, owner FROM workflows WHERE state <> 'finished'").all() as {
      id: string;
      owner: string;
    }[];
  }

  /** False when there was none. */
  remove(id: string): boolean {
    return this.#database.prepare('DELETE FROM workflows WHERE id = ?').run(id).changes > 0;
  }

  /** The run is a step of the workflow. */
  addRun(run: string, id: string, name: string): void {
    this.#database.prepare('INSERT INTO workflow_runs (run, workflow, name) VALUES (?, ?, ?)').run(run, id, name);
  }

  keepResult(id: string, step: string, result: StepResult): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO workflow_results (workflow, step, result) VALUES (?, ?, ?)')
      .run(id, step, pack(result));
  }

  forgetResult(id: string, step: string): void {
    this.#database.prepare('DELETE FROM workflow_results WHERE workflow = ? AND step = ?').run(id, step);
  }

  /** Forgets what the steps of workflows gave back that are over and began before; epoch milliseconds. Returns how many. */
  forgetResults(before: number): number {
    const { changes } = this.#database
      .prepare(
        `DELETE FROM workflow_results WHERE workflow IN
           (SELECT id FROM workflows WHERE state = 'finished' AND CAST(summary ->> '$.startedAt' AS INTEGER) < ?)`,
      )
      .run(before);
    return Number(changes);
  }

  results(id: string): Map<string, StepResult> {
    const rows = this.#database.prepare('SELECT step, result FROM workflow_results WHERE workflow = ?').all(id) as {
      step: string;
      result: Uint8Array;
    }[];
    return new Map(rows.map(({ step, result }) => [step, unpack(result) as StepResult]));
  }
}
