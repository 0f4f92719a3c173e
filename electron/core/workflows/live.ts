/** A workflow that goes on: what the machine says begins, begins as a run like any other (WF-1). */
import type { Verdict } from '#shared/domain/run.ts';
import type { WorkflowDetail, WorkflowStep, WorkflowSummary } from '#shared/domain/workflow.ts';
import { toAppError } from '#shared/lib/app-error.ts';
import { judge } from '#shared/workflow/condition.ts';
import type { StepDocument } from '#shared/workflow/document.ts';
import type { Scope } from '#shared/workflow/expression.ts';
import {
  isOver,
  move,
  outcomeOf,
  type Position,
  type StepEnd,
  type Steps,
  type WorkflowEvent,
} from '#shared/workflow/machine.ts';
import type { ReadWorkflow } from '#shared/workflow/read.ts';
import { filled } from '#shared/workflow/step-launch.ts';
import type { Caller, FilesApi } from '../core.ts';
import type { Planner } from '../runs/planner.ts';
import type { RunService } from '../runs/service.ts';
import type { Log } from '../storage/log.ts';
import { bounded } from './bounded.ts';
import { Known } from './known.ts';
import { imageHeldBack, planStep } from './plan-step.ts';
import { countsOf, positionOf, stepsOf } from './position.ts';
import { shownVariables, type StepResult } from './result.ts';
import { stepFiles } from './step-files.ts';
import type { KeptWorkflow, WorkflowStore } from './store.ts';

export interface LiveWorkflowDeps {
  readonly planner: Planner;
  readonly runs: Pick<RunService, 'startStep' | 'stop' | 'watch' | 'settled' | 'get'>;
  readonly files: Pick<FilesApi, 'results' | 'list' | 'read'>;
  readonly store: WorkflowStore;
  readonly owner: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Its state changed. */
  readonly changed: () => void;
  readonly log: Log;
}

/** What becomes of it is written this much later, ms; its end at once. */
const SAVE_AFTER_MS = 100;
/** Events after this are none: only the end is waited for. */
const NEVER = Number.MAX_SAFE_INTEGER;

type Told = Pick<WorkflowStep, 'runs' | 'outcome' | 'startedAt' | 'endedAt'>;

function endOf({ outcome }: Pick<Verdict, 'outcome'>): StepEnd {
  return outcome === 'succeeded' ? 'succeeded' : outcome === 'cancelled' ? 'cancelled' : 'failed';
}

export class LiveWorkflow {
  readonly id: string;
  readonly #workflow: ReadWorkflow;
  readonly #deps: LiveWorkflowDeps;
  readonly #kept: KeptWorkflow;
  readonly #steps: Steps;
  readonly #told: Map<string, Told>;
  readonly #known: Known;
  readonly #approved: boolean;
  readonly #by: Caller | undefined;
  readonly #ended = Promise.withResolvers<void>();
  #secrets: Readonly<Record<string, string>>;
  #position: Position;
  #endedAt: number | null = null;
  #saving: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(
    kept: KeptWorkflow,
    workflow: ReadWorkflow,
    given: {
      readonly results: ReadonlyMap<string, StepResult>;
      readonly secrets: Readonly<Record<string, string>>;
      readonly approved: boolean;
      /** The token that began it; null a person. */
      readonly by: Caller | null;
    },
    deps: LiveWorkflowDeps,
  ) {
    this.id = kept.summary.id;
    this.#workflow = workflow;
    this.#deps = deps;
    this.#kept = kept;
    this.#steps = stepsOf(workflow);
    this.#told = new Map(kept.steps.map((step) => [step.id, step]));
    this.#known = new Known(workflow, kept.launch, given.results);
    this.#secrets = given.secrets;
    this.#approved = given.approved;
    this.#by = given.by ?? undefined;
    this.#position = positionOf(kept);
  }

  /** Resolves when every step has ended. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  get outcome(): WorkflowSummary['outcome'] {
    return outcomeOf(this.#steps, this.#position);
  }

  begin(): void {
    this.#move({ type: 'begin' });
  }

  /** See the machine; the caller has asked `retryProblem` before. */
  retry(step: string): void {
    this.#move({ type: 'retry', step });
  }

  /** Starts nothing more and stops what runs; resolves when everything has ended. */
  async stop(): Promise<void> {
    this.#move({ type: 'stop' });
    await this.#stopRuns();
    await this.ended;
  }

  /** Bellglass ends: written down as interrupted, its runs are ended by whoever owns them. */
  interrupt(): void {
    this.#move({ type: 'interrupt' });
    this.#closed = true;
  }

  summary(): WorkflowSummary {
    const outcome = this.outcome;
    return {
      ...this.#kept.summary,
      state: outcome === null ? 'running' : 'finished',
      outcome,
      endedAt: outcome === null ? null : this.#endedAt,
      counts: countsOf(this.#position.steps.values()),
    };
  }

  steps(): WorkflowStep[] {
    return this.#kept.steps.map((step) => ({
      ...step,
      ...(this.#position.steps.get(step.id) ?? { state: 'not-reached', why: '' }),
      ...this.#tellOf(step.id),
    }));
  }

  detail(): WorkflowDetail {
    return {
      summary: this.summary(),
      plan: this.#kept.plan,
      steps: this.steps(),
      text: this.#kept.launch.text,
      variables: shownVariables(this.#known.variables()),
    };
  }

  /** What of it is written beside what it was started from. */
  marks(): Pick<KeptWorkflow, 'stopped' | 'interrupted'> {
    const { stopped, interrupted } = this.#position;
    return { stopped, interrupted };
  }

  #tellOf(id: string): Told {
    const { runs, outcome, startedAt, endedAt } = this.#told.get(id) ?? {
      runs: [],
      outcome: null,
      startedAt: null,
      endedAt: null,
    };
    return { runs, outcome, startedAt, endedAt };
  }

  #tell(id: string, change: Partial<Told>): void {
    this.#told.set(id, { ...this.#tellOf(id), ...change });
  }

  #move(event: WorkflowEvent): void {
    if (this.#closed) return;
    const { position, start } = move(this.#steps, this.#position, event);
    if (position === this.#position) return;
    const before = this.#position;
    this.#position = position;
    for (const [id, { state }] of position.steps) {
      if (before.steps.get(id)?.state === state) continue;
      if (state === 'waiting') this.#forget(id);
      if (state === 'running') this.#tell(id, { startedAt: this.#deps.now(), endedAt: null, outcome: null });
      else if (state !== 'waiting' && this.#tellOf(id).startedAt !== null)
        this.#tell(id, { endedAt: this.#deps.now() });
    }
    if (isOver(position)) this.#finish();
    else this.#saveSoon();
    this.#deps.changed();
    for (const id of start) void this.#run(id);
  }

  /** A step that runs again has no result of before. */
  #forget(id: string): void {
    this.#known.forget(id);
    this.#tell(id, { startedAt: null, endedAt: null, outcome: null });
    this.#writes(() => this.#deps.store.forgetResult(this.id, id));
  }

  #finish(): void {
    this.#endedAt = this.#deps.now();
    this.#secrets = {};
    this.#save();
    this.#ended.resolve();
  }

  #saveSoon(): void {
    this.#saving ??= setTimeout(() => this.#save(), SAVE_AFTER_MS).unref();
  }

  #save(): void {
    if (this.#saving !== null) clearTimeout(this.#saving);
    this.#saving = null;
    this.#writes(() =>
      this.#deps.store.save({ summary: this.summary(), steps: this.steps(), ...this.marks() }, this.#deps.owner),
    );
  }

  /** A disk that refuses something ends no workflow: it goes on from memory. */
  #writes(work: () => void): void {
    try {
      work();
    } catch (failure) {
      this.#deps.log.error('something of a workflow could not be written', {
        workflow: this.id,
        problem: String(failure),
      });
    }
  }

  #scope(id: string): Scope {
    return this.#known.scope(id, (step) => this.#position.steps.get(step)?.state ?? '');
  }

  async #run(id: string): Promise<void> {
    const end = (as: StepEnd, why: string): void => this.#move({ type: 'end', step: id, as, why });
    try {
      const step = this.#workflow.steps.find((one) => one.id === id);
      if (step === undefined) return end('failed', 'The workflow has no such step.');
      const judged = judge(step.condition, () => this.#scope(id), bounded);
      if (judged !== null) return end(judged.as, judged.why);
      const run = await this.#begin(step);
      if (typeof run !== 'string') return end(run.as, run.why);
      this.#tell(id, { runs: [run, ...this.#tellOf(id).runs] });
      this.#writes(() => this.#deps.store.addRun(run, this.id, this.#workflow.name));
      this.#saveSoon();
      this.#deps.changed();
      // It may have been stopped while its run began.
      if (this.#position.stopped) await this.#deps.runs.stop(run);
      await this.#overAt(run);
      await this.#deps.runs.settled(run);
      const { verdict } = (await this.#deps.runs.get(run)).summary;
      if (this.#closed) return;
      const { outcome = 'engine-error', exitCode = null, reason = 'Its run ended without a verdict.' } = verdict ?? {};
      const why = await this.#take(id, run, exitCode);
      this.#tell(id, { outcome });
      end(endOf({ outcome }), outcome === 'succeeded' ? why : reason);
    } catch (thrown) {
      const { message, why } = toAppError(thrown);
      end('failed', [message, why].filter(Boolean).join(' '));
    }
  }

  async #overAt(run: string): Promise<void> {
    const events = this.#deps.runs.watch(run, NEVER)[Symbol.asyncIterator]();
    for (let next = await events.next(); next.done !== true; next = await events.next());
  }

  /** The id of its run, or how it ended before it had one. */
  async #begin(step: StepDocument): Promise<string | { as: StepEnd; why: string }> {
    const at = { workflow: this.#workflow, step };
    const values = filled(at, this.#scope(step.id), bounded);
    if ('problem' in values) return { as: 'failed', why: values.problem };
    const files = await stepFiles(this.#deps.files, this.#runsOf(step.filesFrom));
    const given = { ...this.#kept.launch, secrets: { ...this.#secrets } };
    const { launch, tiers, heldBack } = await planStep(this.#deps.planner, {
      ...at,
      given,
      values: { ...values, files },
      approved: this.#approved,
      by: this.#by,
    });
    const refusal = imageHeldBack(heldBack);
    if (refusal !== null) throw refusal;
    if (this.#position.stopped || this.#closed) return { as: 'cancelled', why: 'The workflow was stopped.' };
    const workflow = { id: this.id, workflow: this.#workflow.name, step: step.id };
    return (await this.#deps.runs.startStep(launch, { ...tiers, workflow }, this.#by)).id;
  }

  /** The newest run of each of these steps that has one: a skipped step has none. */
  #runsOf(steps: readonly string[]): Map<string, string> {
    return new Map(
      steps.flatMap((id): [string, string][] => {
        const [run] = this.#tellOf(id).runs;
        return run === undefined || this.#position.steps.get(id)?.state === 'skipped' ? [] : [[id, run]];
      }),
    );
  }

  /** Keeps what the step gave back; one sentence when something of it cannot be used. */
  async #take(id: string, run: string, exitCode: number | null): Promise<string> {
    const data = await this.#deps.files.results(run);
    const { result, problem } = this.#known.add(id, data, exitCode);
    this.#writes(() => this.#deps.store.keepResult(this.id, id, result));
    return problem;
  }

  async #stopRuns(): Promise<void> {
    const going = [...this.#position.steps].filter(([, { state }]) => state === 'running');
    await Promise.all(
      going.map(async ([id]) => {
        const [run] = this.#tellOf(id).runs;
        if (run !== undefined) await this.#deps.runs.stop(run).catch(() => {});
      }),
    );
  }
}
