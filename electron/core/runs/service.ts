/** Launching, watching and steering runs: what the contract's `runs` promises. */
import { AppError } from '#shared/lib/app-error.ts';
import { LABEL } from '#shared/domain/labels.ts';
import { isLive } from '#shared/domain/progress/run-machine.ts';
import type { RunEvent, RunSummary, Runtime } from '#shared/domain/run.ts';
import { checkEnvironment } from '#shared/script/environment.ts';
import { cancelledInQueue } from '#shared/domain/progress/verdict.ts';
import type { Launch, OutputMessage, Plan, RunDetail } from '#shared/contract/runs.ts';
import type { QueuedRunLine } from '#shared/contract/queue.ts';
import type { QueueRequest } from '../control/control.ts';
import type { Caller, LevelCard, ListMessage, RunsApi } from '../core.ts';
import type { Engine } from '../engine/port.ts';
import { closeAbandoned } from '../history/abandoned.ts';
import type { Marks } from '../history/history.ts';
import { Clearing } from './book/clearing.ts';
import { RunBook } from './book/run-book.ts';
import { RunViews } from './book/run-views.ts';
import { claimOf, mustNotWait } from './start/claim-of.ts';
import { expectedWish } from './start/expected.ts';
import { openRun } from './start/open-run.ts';
import { runHidden } from './start/run-hidden.ts';
import { failedVerdict } from './end/failed.ts';
import { indexOutput } from './end/index-output.ts';
import type { LiveRun } from './live-run.ts';
import type { Planned } from './planner.ts';
import { ComeBack } from './queue/come-back.ts';
import { steerQueue, waitingLines } from './queue/desk.ts';
import type { KeptRun } from './queue/kept-queue.ts';
import { WaitingRoom } from './queue/waiting-room.ts';
import type { RunServiceDeps } from './service-deps.ts';
import type { Beginning, RunOrigin, StepOfWorkflow } from './told.ts';

export class RunService implements RunsApi {
  readonly #deps: RunServiceDeps;
  readonly #book: RunBook;
  readonly #views: RunViews;
  readonly #clearing: Clearing;
  readonly #room: WaitingRoom;
  readonly #comeBack: ComeBack;
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
    this.#comeBack = new ComeBack({
      ...deps,
      keeping: deps.keeping ?? null,
      room: this.#room,
      book: this.#book,
      closed: () => this.#closed,
      open: (planned, origin, kept) => this.#open(planned, origin, kept),
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
    return await this.#beginWritten(launch, { by });
  }

  /** Like `start`, for a step of a workflow. */
  async startStep(launch: Launch, step: StepOfWorkflow, by?: Caller): Promise<{ id: string }> {
    return await this.#beginWritten(launch, { step, by });
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
    const mayWait = hidden || step !== undefined || this.#deps.whenFull() === 'wait';
    const wait = mayWait ? null : this.#room.wouldWait(claimOf('', planned, origin));
    if (wait !== null) throw mustNotWait(wait);
    const run = await this.#open(planned, origin);
    // A step ends with its workflow.
    const coming = { by: origin.by, lasts: !hidden && step === undefined };
    this.#room.enter(run, claimOf(run.record.id, planned, origin), coming);
    return run;
  }

  /** See {@link ComeBack.all}. */
  async bringBack(): Promise<number> {
    return await this.#comeBack.all();
  }

  /** Puts a waiting run before another one, null: behind all. Throws AppError `input-invalid` when one of them does not wait. */
  async reorder(id: string, before: string | null): Promise<void> {
    this.#room.move(id, before);
  }

  /** How many may run at once may be another number now: whoever watches is told. */
  limitChanged(): void {
    this.#book.queueChanged();
  }

  /** Ids of those that wait for their turn, next one first. */
  queue(): string[] {
    return this.#room.order();
  }

  /** All who wait: those with a turn first, then those that have none before they have their secrets. */
  waiting(): QueuedRunLine[] {
    return waitingLines(this.#room, this.#book);
  }

  /** See {@link steerQueue}. */
  async steerQueue(request: QueueRequest): Promise<void> {
    await steerQueue(request, { room: this.#room, book: this.#book, stop: (id) => this.stop(id) });
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

  /** See {@link runHidden}. */
  async runHidden(launch: Launch, signal?: AbortSignal): Promise<{ run: LiveRun; output: string }> {
    return await runHidden(this, launch, signal);
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
    await this.#book.require(id).stdin(data, end);
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

  async #open(planned: Planned, origin: RunOrigin, kept?: Pick<KeptRun, 'id' | 'createdAt'>): Promise<LiveRun> {
    const run = await openRun(planned, origin, this.#deps, kept);
    this.#book.add(run);
    this.#deps.told?.began(run.record, planned.launch, planned.plan, origin);
    return run;
  }

  async #beginWritten(launch: Launch, beginning: Beginning): Promise<{ id: string }> {
    const { id } = (await this.begin(launch, beginning)).record;
    // Who is told of a run can rely on finding it, even if we die right now.
    await this.#book.written(id);
    return { id };
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
