/** Workflows over a real engine and real images, without settings or discovery: what their engine tests need. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ulid } from 'ulid';
import type { WorkflowLaunch } from '#shared/contract/workflows.ts';
import type { WorkflowDetail, WorkflowSummary } from '#shared/domain/workflow.ts';
import { createFiles } from '../../exchange/api.ts';
import { ownerAlive, ownerOf } from '../../runs/owner.ts';
import { History } from '../../history/history.ts';
import { createHarness, type Harness } from '../../runs/testing/harness.ts';
import type { ImageEngine } from '../../runs/testing/image-engine.ts';
import { openDatabase } from '../../storage/database.ts';
import { silentLog } from '../../storage/log.ts';
import { createWorkflows, type Workflows } from '../index.ts';
import { WorkflowStore } from '../store.ts';

export interface World {
  readonly harness: Harness;
  readonly history: History;
  readonly workflows: Workflows;
  /** Hashes of files that count as approved. */
  readonly approved: Set<string>;
  /** Ends that were told. */
  readonly told: WorkflowSummary[];
  start(text: string, more?: Partial<WorkflowLaunch>): Promise<string>;
  /** Waits for the end. */
  ended(id: string): Promise<WorkflowDetail>;
  /** Starts and waits. */
  run(text: string, more?: Partial<WorkflowLaunch>): Promise<WorkflowDetail>;
  /** Ends it as a quit does; its folder stays. */
  close(): Promise<void>;
  dispose(): Promise<void>;
}

export async function createWorld({ engine, capabilities }: ImageEngine, folder?: string): Promise<World> {
  const harness = await createHarness(engine, capabilities, folder);
  const database = openDatabase(join(harness.folder, 'bellglass.db'));
  const approved = new Set<string>();
  const told: WorkflowSummary[] = [];
  const { runs, planner } = harness;
  const workflows = createWorkflows({
    planner,
    runs,
    files: createFiles({
      runs: join(harness.folder, 'runs'),
      get: (id) => runs.get(id),
      settled: (id) => runs.settled(id),
    }),
    memory: { isApproved: (_path, hash) => approved.has(hash) },
    store: new WorkflowStore(database),
    owner: ownerOf(process.pid),
    ownerAlive,
    newId: () => ulid(),
    now: () => Date.now(),
    stopElsewhere: () => Promise.reject(new Error('there is no other process')),
    told: (summary) => told.push(summary),
    log: silentLog,
  });
  const ended = async (id: string): Promise<WorkflowDetail> => {
    let last: WorkflowDetail | null = null;
    for await (const detail of workflows.watch(id)) last = detail;
    return last ?? workflows.get(id);
  };
  const start = async (text: string, more: Partial<WorkflowLaunch> = {}): Promise<string> =>
    (await workflows.start({ name: 'flow.yaml', text, trust: 'limited', ...more })).id;
  const close = async (): Promise<void> => {
    workflows.dispose();
    await harness.close();
    database.close();
  };
  return {
    harness,
    history: new History(database, silentLog),
    workflows,
    approved,
    told,
    start,
    ended,
    run: async (text, more) => await ended(await start(text, more)),
    close,
    dispose: async () => {
      await close();
      await rm(harness.folder, { recursive: true, force: true });
    },
  };
}
