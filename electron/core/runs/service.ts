/** Launching, watching and steering runs: what the contract's `runs` promises. */
import { AppError, type AppErrorData } from '#shared/lib/app-error.ts';
import { LABEL } from '#shared/domain/labels.ts';
import { isLive } from '#shared/domain/progress/run-machine.ts';
import type { RunEvent, RunSummary, Runtime, WorkflowOfRun } from '#shared/domain/run.ts';
import { checkEnvironment } from '#shared/script/environment.ts';
import { cancelledInQueue } from '#shared/domain/progress/verdict.ts';
import type { Launch, OutputMessage, Plan, RunDetail } from '#shared/contract/runs.ts';
import type { QueuedRunLine } from '#shared/contract/queue.ts';
import type { QueueRequest } from '../control/control.ts';
import type { Caller, LevelCard, ListMessage, RunsApi } from '../core.ts';
import type { Engine } from '../engine/port.ts';
import { closeAbandoned, closeOpen } from '../history/abandoned.ts';
import type { History, Marks } from '../history/history.ts';
import type { Log } from '../storage/log.ts';
import { Clearing } from './book/clearing.ts';
import { RunBook } from './book/run-book.ts';
import { RunViews } from './book/run-views.ts';
import type { ExecutionDeps } from './execution.ts';
import { claimOf, mustNotWait } from './start/claim-of.ts';
import { expectedWish } from './start/expected.ts';
import { failedVerdict } from './end/failed.ts';
import { indexOutput } from './end/index-output.ts';
import { LiveRun } from './live-run.ts';
import type { Planned, Planner, StepTiers } from './planner.ts';
import { bringBack, type BroughtBack } from './queue/bring-back.ts';
import type { KeptRun } from './queue/kept-queue.ts';
import { WaitingRoom, type Coming, type Keeping } from './queue/waiting-room.ts';
import { RunRecord } from './run-record.ts';
import type { RunOrigin, RunTold } from './told.ts';

export interface RunServiceDeps {
  readonly planner: Planner;
  readonly execution: ExecutionDeps;
  readonly history: History;
  readonly instance: string;
  readonly owner: string;
  readonly ownerAlive: (owner: string) => boolean;
  readonly spoolFolder: string;
  readonly newId: () => string;
  /** Epoch milliseconds. */
  readonly wallNow: () => number;
  readonly maxConcurrent: () => number;
  /** What the engine has, bytes: `free` null where only the total is known, all null while no engine tells. */
  readonly engineMemory: () => { readonly total: number; readonly free: number | null } | null;
  /** What becomes of a run that cannot start at once. */
  readonly whenFull: () => 'wait' | 'refuse';
  /** Whether a run that no process has is still in the queue. */
  readonly waits?: (id: string) => boolean;
  /** Where runs that wait are kept, so that they come back with the next process; absent: they end with this one. */
  readonly keeping?: Keeping;
  /** Adds an allowed host to a policy's file and resolves with its name; rejects for a bare level. */
  readonly saveHost: (policy: string, isFile: boolean, rule: string) => Promise<string>;
  readonly sweepAge: () => number;
  /** Everything is about to be stopped: whoever begins runs by itself begins no more. */
  readonly stoppingAll?: () => void;
  readonly told?: RunTold;
  readonly log: Log;
}

/** Of which workflow a run is a step, and what that adds to its policy. */
export interface StepOfWorkflow extends StepTiers {
  readonly workflow: WorkflowOfRun;
}

/** How a run begins, where that is not a person at this computer. */
export interface Beginning {
  /** It leaves no line in the list and nothing on disk. */
  readonly hidden?: boolean;
  readonly by?: Caller;
  readonly step?: StepOfWorkflow;
}

export class RunService implements RunsApi {
  readonly #deps: RunServiceDeps;
  readonly #book: RunBook;
  readonly #views: RunViews;
  readonly #clearing: Clearing;
  readonly #room: WaitingRoom;
  readonly #removals = new Set<Promise<void>>();
  #closed = false;

  constructor(deps: RunServiceDeps) {
    this.#deps = deps;
    const { pool, network, now } = deps.execution;
    closeAbandoned(deps.history, deps.ownerAlive, deps.wallNow(), deps.waits);
    this.#book = new RunBook(deps);
    this.#room = new WaitingRoom({
      limit: deps.maxConcurrent,
      memory: deps.engineMemory,
      now,
      changed: () => this.#book.queueChanged(),
      keeping: deps.keeping ?? null,
      run: (run) => this.#run(run),
      fail: async (run, why) => {
        run.record.finish(failedVerdict(new AppError(why), { stopped: false, gone: null }));
        await this.#closeRun(run);
      },
      written: (id) => this.#book.written(id),
      log: deps.log,
    });
    this.#views = new RunViews({ ...deps, book: this.#book, order: () => this.#room.order() });
    this.#clearing = new Clearing({
      ...deps,
      book: this.#book,
      networkHolds: (id) => network.holds(id),
      poolHolds: (label) => pool.holds(label),
      isKept: (container) => deps.execution.kept?.has(container) ?? false,
    });
  }

  async plan(launch: Launch): Promise<Plan> {
    const planned = await this.#deps.planner.plan(launch);
    const { execution } = this.#deps;
    execution.pool.expect(() => expectedWish(planned, execution));
    return planned.plan;
  }

  levels(runtime: Runtime): LevelCard[] {
    return this.#deps.planner.levels(runtime);
  }

  async start(launch: Launch, by?: Caller): Promise<{ id: string }> {
    const { id } = (await this.begin(launch, by === undefined ? {} : { by })).record;
    // Who is told of a run can rely on finding it, even if we die right now.
    await this.#book.written(id);
    return { id };
  }

  /** Like `start`, for a step of a workflow. */
  async startStep(launch: Launch, step: StepOfWorkflow, by?: Caller): Promise<{ id: string }> {
    const { id } = (await this.begin(launch, { step, ...(by !== undefined && { by }) })).record;
    await this.#book.written(id);
    return { id };
  }

  /** Like `start`; a hidden run leaves no line in the list and nothing on disk. */
  async begin(launch: Launch, { hidden = false, by, step }: Beginning = {}): Promise<LiveRun> {
    if (this.#closed)
      throw new AppError({ code: 'internal', message: 'Bellglass is closing.', next: 'Start it again.' });
    const planned = await this.#deps.planner.plan(launch, by, step);
    if (planned.plan.refusal) {
      const { message, why, next } = planned.plan.refusal;
      throw new AppError({ code: 'plan-refused', message, why, next });
    }
    if (planned.launch.keep) this.#deps.execution.kept?.expectRoom();
    const origin: RunOrigin = { hidden, by: by ?? null, workflow: step?.workflow ?? null, broughtBack: false };
    // A workflow was let in as a whole; its steps wait for each other.
    if (!hidden && step === undefined && this.#deps.whenFull() === 'refuse') this.#refuseToWait(planned, origin);
    const run = await this.#open(planned, origin);
    // A step ends with its workflow.
    const lasts = !hidden && step === undefined;
    this.#room.enter(run, claimOf(run.record.id, planned, origin), { by: origin.by, lasts });
    return run;
  }

  /** Takes up what waited when its process ended, in the order of then; resolves with how many came back. */
  async bringBack(): Promise<number> {
    const { keeping, owner, ownerAlive, planner, history } = this.#deps;
    if (keeping === undefined) return 0;
    return await this.#room.gather(async () => {
      let back = 0;
      for (const kept of keeping.queue.takeOver(owner, ownerAlive)) {
        const found = await bringBack(kept, history.detail(kept.id), { launches: keeping.launches, planner });
        if (this.#closed) keeping.queue.release([kept.id]);
        else if ('failure' in found) this.#giveUp(kept, found.failure, keeping);
        else {
          await this.#takeUp(kept, found);
          back += 1;
        }
      }
      return back;
    });
  }

  async #takeUp(kept: KeptRun, { planned, secrets, notes }: Exclude<BroughtBack, { failure: unknown }>): Promise<void> {
    const { id, by, createdAt, place } = kept;
    const origin: RunOrigin = { hidden: false, by, workflow: null, broughtBack: true };
    const run = await this.#open(planned, origin, { id, createdAt });
    for (const note of notes) run.record.addNote(note);
    const waited = Math.max(0, this.#deps.wallNow() - createdAt);
    const coming: Coming = { by, lasts: true, kept: true, waited, place };
    const claim = claimOf(id, planned, origin);
    if (secrets.length > 0) this.#room.hold(run, claim, coming, secrets);
    else this.#room.enter(run, claim, coming);
  }

  #giveUp({ id }: KeptRun, failure: AppErrorData, keeping: Keeping): void {
    const { history, owner, wallNow } = this.#deps;
    const line = history.line(id);
    const verdict = failedVerdict(new AppError(failure), { stopped: false, gone: null });
    if (line !== null) closeOpen(history, line, owner, verdict, wallNow());
    keeping.queue.remove([id]);
    this.#book.reload(id);
  }

  /** Puts a waiting run before another one, null: behind all. Throws AppError `input-invalid` when one of them does not wait. */
  async reorder(id: string, before: string | null): Promise<void> {
    this.#room.move(id, before);
  }

  /** Ids of those that wait for their turn, next one first. */
  queue(): string[] {
    return this.#room.order();
  }

  /** All who wait: those with a turn first, then those that have none before they have their secrets. */
  waiting(): QueuedRunLine[] {
    return [...this.#room.order(), ...this.#room.heldIds()].map((id) => {
      const { name, policy, waitsFor = '', createdAt, secretsWanted = [] } = this.#book.line(id);
      return { id, name, policy, waitsFor, createdAt, secretsWanted, kept: this.#room.lasts(id) };
    });
  }

  /** Throws AppError `input-invalid` for a run that does not wait. */
  async steerQueue({ queue, run }: QueueRequest): Promise<void> {
    const [first = null] = this.#room.order();
    if (queue === 'front') await this.reorder(run, first);
    else if (this.#book.line(run).state === 'queued') await this.stop(run);
    else
      throw new AppError({
        code: 'input-invalid',
        message: 'This run does not wait any more.',
        next: 'Stop it in the app.',
      });
  }

  /** All who wait are on disk. */
  queueIsKept(): boolean {
    return this.#room.isKept();
  }

  /** See {@link WaitingRoom.give}. Throws AppError `input-invalid` also for values that no environment can hold. */
  async giveSecrets(id: string, secrets: Readonly<Record<string, string>>): Promise<void> {
    checkEnvironment({}, secrets, []);
    this.#room.give(id, secrets);
  }

  /** Runs to the end without a trace, in a sandbox of its own, and returns what it printed; for the self-check. */
  async runHidden(launch: Launch, signal?: AbortSignal): Promise<{ run: LiveRun; output: string }> {
    const run = await this.begin({ ...launch, set: { ...launch.set, 'run.warm': 'false' } }, { hidden: true });
    const abort = (): void => void this.stop(run.record.id).catch(() => {});
    signal?.addEventListener('abort', abort, { once: true });
    let output = '';
    for await (const message of this.output(run.record.id, 0)) {
      if (message.type === 'open') this.ack(message.viewer, Number.MAX_SAFE_INTEGER);
      if (message.type === 'chunk') output += message.chunk.text;
    }
    signal?.removeEventListener('abort', abort);
    return { run, output };
  }

  /** Still going, or its sandbox is. */
  isLive(id: string): boolean {
    return this.#book.live(id) !== undefined;
  }

  list(): RunSummary[] {
    return this.#book.list();
  }

  watchList(signal?: AbortSignal): AsyncGenerator<ListMessage> {
    return this.#views.watchList(signal);
  }

  async get(id: string): Promise<RunDetail> {
    return await this.#views.get(id);
  }

  watch(id: string, after: number | undefined, signal?: AbortSignal): AsyncGenerator<RunEvent[]> {
    return this.#views.watch(id, after, signal);
  }

  output(id: string, from: number, signal?: AbortSignal): AsyncGenerator<OutputMessage> {
    return this.#views.output(id, from, signal);
  }

  ack(viewer: string, seq: number): void {
    this.#views.ack(viewer, seq);
  }

  async saveOutput(id: string, limit?: number): Promise<string> {
    return await this.#views.saveOutput(id, limit);
  }

  /** See {@link RunViews.settled}. */
  async settled(id: string, signal?: AbortSignal): Promise<void> {
    await this.#views.settled(id, signal);
  }

  async stdin(id: string, data: string, end: boolean): Promise<void> {
    await this.#book.require(id).execution.stdin(data, end);
  }

  async resize(id: string, columns: number, rows: number): Promise<void> {
    await this.#book.require(id).execution.resize(columns, rows);
  }

  async allow(id: string, rule: string, save: boolean): Promise<{ policy: string | null }> {
    const { execution, record } = this.#book.require(id);
    await execution.allow(rule);
    return { policy: save ? await this.#deps.saveHost(record.policy.name, record.isUnderFile, rule) : null };
  }

  async pause(id: string): Promise<void> {
    await this.#book.require(id).execution.pause();
  }

  async resume(id: string): Promise<void> {
    await this.#book.require(id).execution.resume();
  }

  async stop(id: string): Promise<void> {
    const live = this.#book.live(id);
    if (!live) {
      await this.get(id);
      return;
    }
    if (this.#room.leave([id]).length > 0) await this.#cancel(live);
    else await live.execution.stop();
  }

  async stopAll(): Promise<number> {
    this.#deps.stoppingAll?.();
    const ids = this.#book
      .allLive()
      .filter((run) => !run.hidden && isLive(run.record.position.state))
      .map((run) => run.record.id);
    // Those that wait leave at once: none may start because others end.
    const waiting = new Set(this.#room.leave(ids));
    await Promise.all(
      ids.map(async (id) => {
        const live = this.#book.live(id);
        if (live && waiting.has(id)) await this.#cancel(live);
        else await this.stop(id);
      }),
    );
    return ids.length;
  }

  /** Ends a run that has left the queue before its turn. */
  async #cancel(live: LiveRun): Promise<void> {
    live.record.move({ type: 'stop' }, 'You asked for it.');
    live.record.finish(cancelledInQueue());
    await this.#closeRun(live);
  }

  /** See {@link RunBook.mark}. */
  mark(ids: readonly string[], marks: Marks): number {
    return this.#book.mark(ids, marks);
  }

  /** Removes those of the runs that are over; returns how many. */
  async removeAll(ids: readonly string[]): Promise<number> {
    return await this.#clearing.removeAll(ids);
  }

  async remove(id: string): Promise<void> {
    await this.#clearing.remove(id);
  }

  /** The engine went away: every run that holds a sandbox ends as `engine-lost`. */
  engineLost(why: string): void {
    for (const run of this.#book.allLive()) if (run.record.position.state !== 'queued') run.execution.lost(why);
  }

  /**
   * Removes what earlier processes left on this engine, and what we no longer need and nobody touched for a while;
   * `reconcile` after the engine was away: then what we no longer need goes at once.
   */
  async sweep(engine: Engine, reconcile = false): Promise<number> {
    return await this.#clearing.sweep(engine, reconcile);
  }

  /** See {@link RunBook.fresh}. */
  freshHistory(): void {
    this.#book.fresh();
  }

  /** See {@link Clearing.retain}. */
  async retain(rules: { readonly bytes: number; readonly ageMs: number }): Promise<void> {
    await this.#clearing.retain(rules);
  }

  /** Stops everything and waits until every sandbox is gone. */
  async dispose(): Promise<void> {
    this.#closed = true;
    const { stay, rest } = await this.#room.close();
    for (const run of stay) this.#book.leave(run);
    this.#deps.keeping?.queue.release(stay.map(({ record }) => record.id));
    await Promise.all(stay.map((run) => run.close()));
    await Promise.all(rest.map((run) => this.#cancel(run)));
    const staying = new Set(stay);
    const ending = this.#book.allLive().filter((run) => !staying.has(run));
    await Promise.all(ending.map(({ record }) => this.stop(record.id).catch(() => {})));
    await Promise.all(this.#removals);
  }

  /** Labels of this installation and process. */
  static labels(instance: string, owner: string): Record<string, string> {
    return { [LABEL.instance]: instance, [LABEL.owner]: owner };
  }

  #refuseToWait(planned: Planned, origin: RunOrigin): void {
    const wait = this.#room.wouldWait(claimOf('', planned, origin));
    if (wait !== null) throw mustNotWait(wait);
  }

  async #open(planned: Planned, origin: RunOrigin, kept?: Pick<KeptRun, 'id' | 'createdAt'>): Promise<LiveRun> {
    const { hidden, workflow } = origin;
    const id = kept?.id ?? this.#deps.newId().toLowerCase();
    const record = new RunRecord({
      id,
      workflow,
      createdAt: kept?.createdAt,
      name: planned.launch.name,
      runtime: planned.launch.runtime,
      policy: planned.policy,
      plan: planned.plan,
      args: planned.launch.args,
      script: planned.launch.script,
      now: this.#deps.wallNow,
    });
    const run = await LiveRun.open(
      {
        record,
        launch: planned.launch,
        compiled: planned.compiled,
        env: planned.env,
        spoolPath: this.#book.spoolPath(id),
        wallNow: this.#deps.wallNow,
        hidden,
      },
      this.#deps.execution,
    );
    this.#book.add(run);
    this.#deps.told?.began(record, planned.launch, planned.plan, origin);
    return run;
  }

  async #run(run: LiveRun): Promise<void> {
    // Whoever closes Bellglass at the verdict must still wait for the sandbox to go.
    const ending = run.run().then(() => this.#closeRun(run));
    this.#removals.add(ending);
    await ending.finally(() => this.#removals.delete(ending));
  }

  async #closeRun(run: LiveRun): Promise<void> {
    this.#deps.told?.ended(run.record);
    if (!run.hidden) {
      this.#book.save(run);
      const { id } = run.record;
      await indexOutput(this.#deps, id, run.record.detail().script, this.#book.spoolPath(id));
    }
    const removal = run.execution.removed.then(async () => {
      if (!run.hidden && run.record.detail().data !== null) this.#book.save(run);
      this.#book.close(run);
      await run.close();
    });
    this.#removals.add(removal);
    await removal.finally(() => this.#removals.delete(removal));
  }
}
