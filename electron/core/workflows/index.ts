/** Workflows: what the contract promises of them (WF-1). */
import type { WorkflowLaunch } from '#shared/contract/workflows.ts';
import type { WorkflowSummary } from '#shared/domain/workflow.ts';
import { checkGiven } from '#shared/exchange/check-given.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { showShort } from '#shared/script/display.ts';
import { readWorkflows, type ReadWorkflow } from '#shared/workflow/read.ts';
import type { Caller, WorkflowsApi } from '../core.ts';
import type { PolicyMemory } from '../policies/memory.ts';
import { closeAbandonedWorkflows } from './abandoned.ts';
import { LiveWorkflow, type LiveWorkflowDeps } from './live.ts';
import { mustRetry } from './may-retry.ts';
import { fileOf, mustStart, planWorkflow } from './plan.ts';
import { countsOf, waitingSteps } from './position.ts';
import type { KeptWorkflow } from './store.ts';
import { WorkflowViews } from './views.ts';

export interface WorkflowsDeps extends Omit<LiveWorkflowDeps, 'changed'> {
  readonly memory: Pick<PolicyMemory, 'isApproved'>;
  readonly ownerAlive: (owner: string) => boolean;
  readonly newId: () => string;
  /** Stops one that goes on in another process; rejects when none has it. */
  readonly stopElsewhere: (id: string) => Promise<void>;
  /** All its steps have ended. */
  readonly told: (summary: WorkflowSummary) => void;
}

export interface Workflows extends WorkflowsApi {
  /** Forgets results of workflows that are over and older than this, ms; such a step cannot use them in a retry any more. */
  retain(ageMs: number): void;
  /** Begins no step any more, and stops what runs. */
  stopAll(): void;
  /** It goes on in this process. */
  isLive(id: string): boolean;
  /** Writes down what goes on as interrupted; the runs are ended by whoever owns them. */
  dispose(): void;
}

/** The workflow of a kept file; it was read without mistakes when it was started. */
function readKept({ launch, summary }: KeptWorkflow): ReadWorkflow {
  const found = readWorkflows(launch.name, launch.text).workflows.get(summary.workflow);
  if (found !== undefined) return found;
  throw new AppError({
    code: 'storage',
    message: 'The file of this workflow is not kept any more.',
    next: 'Start it again from its file.',
  });
}

/** What is kept of a launch: the scripts that steps name, and no secret. */
function kept({ secrets: _, files, ...launch }: WorkflowLaunch, { steps }: ReadWorkflow): WorkflowLaunch {
  const named = new Set(steps.map(({ script }) => script));
  return { ...launch, files: (files ?? []).filter(({ path }) => named.has(path)) };
}

/** Makes the workflows of this process; those that an earlier one left open are closed first. */
export function createWorkflows(deps: WorkflowsDeps): Workflows {
  const { store, memory, owner, newId, now, told, log } = deps;
  const live = new Map<string, LiveWorkflow>();
  const views = new WorkflowViews({ ...deps, live });
  let closed = false;
  closeAbandonedWorkflows(deps);

  const mustBeOpen = (): void => {
    if (closed) throw new AppError({ code: 'internal', message: 'Bellglass is closing.', next: 'Start it again.' });
  };
  const take = (
    found: KeptWorkflow,
    workflow: ReadWorkflow,
    secrets: Readonly<Record<string, string>>,
    approved: boolean,
    by: Caller | null,
  ): LiveWorkflow => {
    const { id } = found.summary;
    const given = { results: store.results(id), secrets, approved, by };
    const going = new LiveWorkflow(found, workflow, given, { ...deps, changed: () => views.changed(id) });
    live.set(id, going);
    void going.ended.then(() => {
      live.delete(id);
      told(going.summary());
      views.changed(id);
    });
    return going;
  };

  return {
    plan: async (launch) => (await planWorkflow(deps, launch)).plan,
    async start(launch, by) {
      mustBeOpen();
      checkGiven({ input: launch.input, variables: launch.variables, eventMetadata: undefined }, []);
      const planned = await planWorkflow(deps, launch, by);
      const workflow = mustStart(planned, launch);
      mustBeOpen();
      const id = newId().toLowerCase();
      const steps = waitingSteps(workflow);
      const first: KeptWorkflow = {
        summary: {
          id,
          file: showShort(launch.name, 255),
          workflow: workflow.name,
          state: 'running',
          outcome: null,
          startedAt: now(),
          endedAt: null,
          counts: countsOf(steps),
        },
        plan: planned.plan,
        steps,
        launch: kept(launch, workflow),
        stopped: false,
        interrupted: false,
      };
      store.add(first, owner);
      take(first, workflow, launch.secrets ?? {}, planned.approved, by ?? null).begin();
      return { id };
    },
    list: (before, limit) => views.list(before, limit),
    get: (id) => views.get(id),
    launch: (id) => views.require(id).launch,
    watch: (id, signal) => views.watch(id, signal),
    watchList: (signal) => views.watchList(signal),
    async stop(id) {
      const going = live.get(id);
      if (going !== undefined) await going.stop();
      else if (views.require(id).summary.state !== 'finished') await deps.stopElsewhere(id);
    },
    async retry(id, step, secrets) {
      mustBeOpen();
      const going = live.get(id)?.summary();
      const written = views.require(id);
      const found = { ...written, summary: going ?? written.summary };
      const workflow = readKept(found);
      mustRetry({ found, workflow, step, secrets, results: store.results(id) });
      const file = fileOf(found.launch);
      // A person does this, whoever began it.
      take(found, workflow, secrets, memory.isApproved(file.path, file.hash), null).retry(step);
    },
    async remove(id) {
      const { summary } = views.require(id);
      if (live.has(id) || summary.state !== 'finished')
        throw new AppError({ code: 'input-invalid', message: 'This workflow still goes on.', next: 'Stop it first.' });
      store.remove(id);
      views.changed(id);
    },
    stopAll() {
      for (const workflow of live.values()) void workflow.stop();
    },
    isLive: (id) => live.has(id),
    retain(ageMs) {
      try {
        store.forgetResults(now() - ageMs);
      } catch (failure) {
        log.warn('old results of workflows could not be deleted', { problem: String(failure) });
      }
    },
    dispose() {
      closed = true;
      for (const workflow of live.values()) workflow.interrupt();
    },
  };
}
