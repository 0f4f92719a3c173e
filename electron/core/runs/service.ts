/** Launching, watching and steering runs: what the contract's `runs` promises. */
import { AppError } from '#shared/lib/app-error.ts';
import { LABEL } from '#shared/domain/labels.ts';
import { isLive } from '#shared/domain/run-machine.ts';
import type { RunEvent, RunSummary, Runtime } from '#shared/domain/run.ts';
import { cancelledInQueue } from '#shared/domain/verdict.ts';
import type { Launch, OutputMessage, Plan, RunDetail } from '#shared/contract/runs.ts';
import type { Caller, LevelCard, ListMessage, RunsApi } from '../core.ts';
import type { Engine } from '../engine/port.ts';
import { closeAbandoned } from '../history/abandoned.ts';
import type { History, Marks } from '../history/history.ts';
import type { Log } from '../storage/log.ts';
import { Clearing } from './book/clearing.ts';
import { RunBook } from './book/run-book.ts';
import { RunViews } from './book/run-views.ts';
import type { ExecutionDeps } from './execution.ts';
import { claimOf, mustNotWait } from './start/claim-of.ts';
import { expectedWish } from './start/expected.ts';
import { indexOutput } from './end/index-output.ts';
import { LiveRun } from './live-run.ts';
import type { Planned, Planner } from './planner.ts';
import { RunQueue } from './queue/queue.ts';
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
  /** Adds an allowed host to a policy's file and resolves with its name; rejects for a bare level. */
  readonly saveHost: (policy: string, isFile: boolean, rule: string) => Promise<string>;
  readonly sweepAge: () => number;
  readonly told?: RunTold;
  readonly log: Log;
}

export class RunService implements RunsApi {
  readonly #deps: RunServiceDeps;
  readonly #book: RunBook;
  readonly #views: RunViews;
  readonly #clearing: Clearing;
  readonly #queue: RunQueue;
  readonly #removals = new Set<Promise<void>>();
  #closed = false;

  constructor(deps: RunServiceDeps) {
    this.#deps = deps;
    const { pool, network, now } = deps.execution;
    this.#queue = new RunQueue({ limit: deps.maxConcurrent, memory: deps.engineMemory, now, changed: () => {} });
    closeAbandoned(deps.history, deps.ownerAlive, deps.wallNow());
    this.#book = new RunBook(deps);
    this.#views = new RunViews({ ...deps, book: this.#book });
    this.#clearing = new Clearing({
      ...deps,
      book: this.#book,
      networkHolds: (id) => network.holds(id),
      poolHolds: (label) => pool.holds(label),
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
    return { id: (await this.begin(launch, false, by)).record.id };
  }

  /** Like `start`; a hidden run leaves no line in the list and nothing on disk. */
  async begin(launch: Launch, hidden: boolean, by?: Caller): Promise<LiveRun> {
    if (this.#closed)
      throw new AppError({ code: 'internal', message: 'Bellglass is closing.', next: 'Start it again.' });
    const planned = await this.#deps.planner.plan(launch, by);
    if (planned.plan.refusal) {
      const { message, why, next } = planned.plan.refusal;
      throw new AppError({ code: 'plan-refused', message, why, next });
    }
    if (!hidden && this.#deps.whenFull() === 'refuse') this.#refuseToWait(planned, by ?? null);
    const run = await this.#open(planned, { hidden, by: by ?? null });
    this.#queue.add({
      ...claimOf(run.record.id, planned, by ?? null),
      begin: () => this.#run(run),
      waits: (what) => run.record.waitsFor(what),
      used: () => run.record.memoryNow,
    });
    return run;
  }

  /** Runs to the end without a trace, in a sandbox of its own, and returns what it printed; for the self-check. */
  async runHidden(launch: Launch, signal?: AbortSignal): Promise<{ run: LiveRun; output: string }> {
    const run = await this.begin({ ...launch, set: { ...launch.set, 'run.warm': 'false' } }, true);
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
    if (this.#queue.leave([id]).length > 0) await this.#cancel(live);
    else await live.execution.stop();
  }

  async stopAll(): Promise<number> {
    const ids = this.#book
      .allLive()
      .filter((run) => !run.hidden && isLive(run.record.position.state))
      .map((run) => run.record.id);
    // Those that wait leave at once: none may start because others end.
    const waiting = new Set(this.#queue.leave(ids));
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
    const ids = this.#book.allLive().map(({ record }) => record.id);
    await Promise.all(ids.toReversed().map((id) => this.stop(id).catch(() => {})));
    await Promise.all(this.#removals);
    this.#queue.dispose();
  }

  /** Labels of this installation and process. */
  static labels(instance: string, owner: string): Record<string, string> {
    return { [LABEL.instance]: instance, [LABEL.owner]: owner };
  }

  #refuseToWait(planned: Planned, by: Caller | null): void {
    const wait = this.#queue.wouldWait(claimOf('', planned, by));
    if (wait !== null) throw mustNotWait(wait);
  }

  async #open(planned: Planned, origin: RunOrigin): Promise<LiveRun> {
    const { hidden } = origin;
    const id = this.#deps.newId().toLowerCase();
    const record = new RunRecord({
      id,
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
