/** Workflows: what the contract promises of them (WF-1). */
import { STEP_STATES, type WorkflowDetail, type WorkflowSummary } from '#shared/domain/workflow.ts';
import type { StepState } from '#shared/domain/workflow.ts';
import type { WorkflowLaunch } from '#shared/contract/workflows.ts';
import { checkGiven } from '#shared/exchange/check-given.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { showShort } from '#shared/script/display.ts';
import { ancestorsOf } from '#shared/workflow/graph.ts';
import { move, outcomeOf, retryProblem } from '#shared/workflow/machine.ts';
import { readWorkflows, type ReadWorkflow } from '#shared/workflow/read.ts';
import type { WorkflowsApi, WorkflowsMessage } from '../core.ts';
import type { PolicyMemory } from '../policies/memory.ts';
import { News, pause } from '../runs/news.ts';
import { LiveWorkflow, positionOf, stepsOf, type LiveWorkflowDeps } from './live.ts';
import { fileOf, mustStart, planWorkflow } from './plan.ts';
import { endedVariables } from './result.ts';
import type { KeptWorkflow } from './store.ts';

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
  /** It goes on in this process. */
  isLive(id: string): boolean;
  /** Writes down what goes on as interrupted; the runs are ended by whoever owns them. */
  dispose(): void;
}

const LIST_FIRST = 100;
const LIST_EVERY_MS = 100;
/** A large workflow is told less often: its whole state is one message. */
const WATCH_EVERY_MS = 100;
const LARGE = 200;
const LARGE_EVERY_MS = 500;
/** How often one that goes on in another process is looked at. */
const ELSEWHERE_EVERY_MS = 500;

function unknown(id: string): AppError {
  return new AppError({
    code: 'input-invalid',
    message: `There is no workflow ${showShort(id, 40)}.`,
    next: 'Choose one from the list of workflows.',
  });
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
  const { store, memory, ownerAlive, owner, newId, now, told } = deps;
  const live = new Map<string, LiveWorkflow>();
  const news = new News<string>();
  let closed = false;

  const require = (id: string): KeptWorkflow & { readonly owner: string } => {
    const found = store.get(id);
    if (found === null) throw unknown(id);
    return found;
  };

  for (const open of store.open()) {
    if (ownerAlive(open.owner)) continue;
    const found = require(open.id);
    const all = {
      ids: found.steps.map(({ id }) => id),
      needs: new Map(found.steps.map(({ id, needs }) => [id, needs])),
      goesOn: new Set<string>(),
    };
    const { position } = move(all, positionOf(found), { type: 'interrupt' });
    const steps = found.steps.map((step) => {
      const at = position.steps.get(step.id) ?? { state: 'not-reached' as const, why: '' };
      const ended = step.startedAt !== null && step.endedAt === null;
      return { ...step, ...at, ...(ended && { endedAt: now(), outcome: 'engine-error' as const }) };
    });
    const counts = Object.fromEntries(STEP_STATES.map((state) => [state, 0])) as Record<StepState, number>;
    for (const { state } of steps) counts[state] += 1;
    const outcome = outcomeOf(all, position);
    const summary: WorkflowSummary = { ...found.summary, state: 'finished', outcome, endedAt: now(), counts };
    store.save({ summary, steps, stopped: position.stopped, interrupted: position.interrupted }, open.owner);
    told(summary);
  }

  const follow = (workflow: LiveWorkflow): void => {
    live.set(workflow.id, workflow);
    void workflow.ended.then(() => {
      live.delete(workflow.id);
      told(workflow.summary());
      news.publish(workflow.id, workflow.id);
    });
  };
  const open = (
    found: KeptWorkflow,
    workflow: ReadWorkflow,
    secrets: Readonly<Record<string, string>>,
    approved: boolean,
  ) =>
    new LiveWorkflow(
      found,
      workflow,
      { results: store.results(found.summary.id), secrets, approved },
      {
        ...deps,
        changed: () => news.publish(found.summary.id, found.summary.id),
      },
    );
  const get = (id: string): WorkflowDetail => {
    const going = live.get(id);
    if (going !== undefined) return going.detail();
    const found = require(id);
    const { summary, plan, steps, launch } = found;
    return {
      summary,
      plan,
      steps: [...steps],
      text: launch.text,
      variables: endedVariables(readKept(found).variables, launch.variables, steps, store.results(id)),
    };
  };
  const lineOf = (id: string): WorkflowSummary | null => live.get(id)?.summary() ?? store.get(id)?.summary ?? null;
  /** News until `end` is called, which also ends somebody's wait for the next. */
  const listen = (everyMs: number, signal: AbortSignal | undefined) => {
    const ending = new AbortController();
    const either = signal === undefined ? ending.signal : AbortSignal.any([signal, ending.signal]);
    return { batches: news.subscribe(everyMs, either), end: () => ending.abort() };
  };
  /** One that is over, or goes on in another process: what that one writes down is looked at again and again. */
  async function* watchElsewhere(id: string, signal?: AbortSignal): AsyncGenerator<WorkflowDetail> {
    let told = '';
    while (signal?.aborted !== true && (told === '' || store.get(id) !== null)) {
      const { owner: process, ...found } = require(id);
      const shown = JSON.stringify([found.summary, found.steps]);
      if (shown !== told) yield get(id);
      told = shown;
      if (found.summary.state === 'finished' || !ownerAlive(process)) return;
      await pause(ELSEWHERE_EVERY_MS, signal);
    }
  }
  const mustBeOpen = (): void => {
    if (closed) throw new AppError({ code: 'internal', message: 'Bellglass is closing.', next: 'Start it again.' });
  };

  return {
    plan: async (launch) => (await planWorkflow(deps, launch)).plan,
    async start(launch) {
      mustBeOpen();
      checkGiven({ input: launch.input, variables: launch.variables, eventMetadata: undefined }, []);
      const planned = await planWorkflow(deps, launch);
      const workflow = mustStart(planned, launch);
      mustBeOpen();
      const id = newId().toLowerCase();
      const summary: WorkflowSummary = {
        id,
        file: showShort(launch.name, 255),
        workflow: workflow.name,
        state: 'running',
        outcome: null,
        startedAt: now(),
        endedAt: null,
        counts: Object.fromEntries(STEP_STATES.map((state) => [state, 0])) as Record<StepState, number>,
      };
      const first: KeptWorkflow = {
        summary,
        plan: planned.plan,
        steps: [],
        launch: kept(launch, workflow),
        approved: planned.approved,
        stopped: false,
        interrupted: false,
      };
      const going = open(first, workflow, launch.secrets ?? {}, planned.approved);
      store.add({ ...first, summary: going.summary(), steps: going.steps() }, owner);
      follow(going);
      going.begin();
      return { id };
    },
    list: (before, limit) => store.list(before, limit).map((summary) => live.get(summary.id)?.summary() ?? summary),
    get,
    async *watch(id, signal) {
      if (!live.has(id)) {
        yield* watchElsewhere(id, signal);
        return;
      }
      const large = get(id).steps.length > LARGE;
      const { batches, end } = listen(large ? LARGE_EVERY_MS : WATCH_EVERY_MS, signal);
      try {
        let next = batches.next();
        for (;;) {
          const detail = get(id);
          yield detail;
          if (detail.summary.state === 'finished' || !live.has(id)) return;
          for (let about = false; !about; next = batches.next()) {
            const batch = await next;
            if (batch.done === true) return;
            about = batch.value.includes(id);
          }
          if (store.get(id) === null) return;
        }
      } finally {
        end();
      }
    },
    async *watchList(signal) {
      const { batches, end } = listen(LIST_EVERY_MS, signal);
      try {
        const first = batches.next();
        yield {
          type: 'all',
          workflows: store.list(undefined, LIST_FIRST).map((summary) => live.get(summary.id)?.summary() ?? summary),
        };
        for (let batch = await first; batch.done !== true; batch = await batches.next())
          for (const id of batch.value) {
            const workflow = lineOf(id);
            const message: WorkflowsMessage =
              workflow === null ? { type: 'removed', id } : { type: 'changed', workflow };
            yield message;
          }
      } finally {
        end();
      }
    },
    async stop(id) {
      const going = live.get(id);
      if (going !== undefined) return await going.stop();
      const { summary } = require(id);
      if (summary.state === 'finished') return undefined;
      return await deps.stopElsewhere(id);
    },
    isLive: (id) => live.has(id),
    retain(ageMs) {
      try {
        store.forgetResults(now() - ageMs);
      } catch (failure) {
        deps.log.warn('old results of workflows could not be deleted', { problem: String(failure) });
      }
    },
    async retry(id, step, secrets) {
      mustBeOpen();
      const found = require(id);
      const workflow = readKept(found);
      const all = stepsOf(workflow);
      const goesOn = live.has(id) || found.summary.state !== 'finished';
      const problem = goesOn ? 'The workflow still goes on.' : retryProblem(all, positionOf(found), step);
      if (problem !== null)
        throw new AppError({
          code: 'input-invalid',
          message: problem,
          why: 'A step runs again with what the steps before it gave back.',
          next: goesOn ? 'Wait for its end, or stop it.' : 'Choose a step whose earlier ones have succeeded.',
        });
      const again = workflow.steps.filter((one) => one.id === step || ancestorsOf(all, one.id).includes(step));
      const ran = new Set(again.map((one) => one.id));
      const results = store.results(id);
      const gone = again
        .flatMap(({ refers }) => refers)
        .find(
          (one) => !ran.has(one) && !results.has(one) && found.steps.some((at) => at.id === one && at.outcome !== null),
        );
      if (gone !== undefined)
        throw new AppError({
          code: 'input-invalid',
          message: `What step ${gone} gave back is not kept any more.`,
          why: 'Results of workflows that are over are kept as long as output is.',
          next: `Run ${gone} again.`,
        });
      const absent = [...new Set(again.flatMap((one) => one.secrets))].filter((name) => !Object.hasOwn(secrets, name));
      if (absent.length > 0)
        throw new AppError({
          code: 'input-invalid',
          message: `The step needs ${absent.length === 1 ? 'the secret' : 'the secrets'} ${absent.slice(0, 12).join(', ')}.`,
          why: 'Secrets are given at each start and kept nowhere.',
          next: 'Give them again.',
        });
      const file = fileOf(found.launch);
      const going = open(found, workflow, secrets, memory.isApproved(file.path, file.hash));
      follow(going);
      going.retry(step);
    },
    async remove(id) {
      const { summary } = require(id);
      if (live.has(id) || summary.state !== 'finished')
        throw new AppError({ code: 'input-invalid', message: 'This workflow still goes on.', next: 'Stop it first.' });
      store.remove(id);
      news.publish(id, id);
    },
    dispose() {
      closed = true;
      for (const workflow of live.values()) workflow.interrupt();
    },
  };
}
