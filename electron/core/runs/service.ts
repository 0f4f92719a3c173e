/** Launching, watching and steering runs: what the contract's `runs` promises. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#shared/lib/app-error.ts';
import { LABEL } from '#shared/domain/labels.ts';
import { isLive } from '#shared/domain/run-machine.ts';
import type { RunEvent, RunSummary, Runtime } from '#shared/domain/run.ts';
import { cancelledInQueue } from '#shared/domain/verdict.ts';
import type { Launch, OutputMessage, Plan, RunDetail } from '#shared/contract/runs.ts';
import type { Caller, LevelCard, ListMessage, RunsApi } from '../core.ts';
import type { Engine } from '../engine/port.ts';
import { removeTaken } from '../exchange/run-files.ts';
import { closeAbandoned } from '../history/abandoned.ts';
import type { History, Marks } from '../history/history.ts';
import { retain } from '../history/retention.ts';
import type { Log } from '../storage/log.ts';
import type { ExecutionDeps } from './execution.ts';
import { claimOf, mustNotWait } from './start/claim-of.ts';
import { expectedWish } from './start/expected.ts';
import { endedOutput } from './end/ended-output.ts';
import { indexOutput } from './end/index-output.ts';
import { LiveRun } from './live-run.ts';
import { News, pause } from './news.ts';
import { OutputSpool } from './output-spool.ts';
import { OutputViewers } from './output-viewer.ts';
import type { Planned, Planner } from './planner.ts';
import { RunQueue } from './queue.ts';
import { RunRecord } from './run-record.ts';
import { sweep } from './sweep.ts';
import type { RunOrigin, RunTold } from './told.ts';

/** Lines of the run list that are kept in memory and sent to a viewer. */
const LIST_LIMIT = 500;
const LIST_EVERY_MS = 100;
const WATCH_EVERY_MS = 16;
/** What becomes of a live run is written this much later, ms. */
const SAVE_AFTER_MS = 100;

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
  readonly #live = new Map<string, LiveRun>();
  readonly #lines = new Map<string, RunSummary>();
  readonly #news = new News<{ readonly id: string; readonly removed: boolean }>();
  readonly #queue: RunQueue;
  readonly #viewers: OutputViewers;
  readonly #removals = new Set<Promise<void>>();
  #closed = false;

  constructor(deps: RunServiceDeps) {
    this.#deps = deps;
    this.#queue = new RunQueue({ limit: deps.maxConcurrent, memory: deps.engineMemory, now: deps.execution.now });
    this.#viewers = new OutputViewers(deps.newId);
    closeAbandoned(deps.history, deps.ownerAlive, deps.wallNow());
    for (const line of deps.history.list(LIST_LIMIT).toReversed()) this.#lines.set(line.id, line);
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
    if (!hidden && this.#deps.whenFull() === 'refuse') this.#refuseToWait(planned);
    const run = await this.#open(planned, { hidden, by: by ?? null });
    this.#queue.add({
      ...claimOf(run.record.id, planned),
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
    return this.#live.has(id);
  }

  list(): RunSummary[] {
    return [...this.#lines.keys()].toReversed().map((id) => this.#line(id));
  }

  async *watchList(signal?: AbortSignal): AsyncGenerator<ListMessage> {
    const news = this.#news.subscribe(LIST_EVERY_MS, signal);
    const first = news.next();
    yield { type: 'all', runs: this.list(), limit: this.#deps.maxConcurrent() };
    try {
      for (let batch = await first; !batch.done; batch = await news.next()) {
        for (const { id, removed } of batch.value) {
          if (removed) yield { type: 'removed', id };
          else if (this.#lines.has(id)) yield { type: 'changed', run: this.#line(id) };
        }
      }
    } finally {
      await news.return(undefined);
    }
  }

  async get(id: string): Promise<RunDetail> {
    const live = this.#live.get(id)?.record.detail();
    if (live) return { ...live, summary: this.#line(id) };
    const detail = this.#deps.history.detail(id);
    if (detail) return detail;
    throw this.#unknown(id);
  }

  async *watch(id: string, after: number | undefined, signal?: AbortSignal): AsyncGenerator<RunEvent[]> {
    const live = this.#live.get(id);
    if (!live) {
      const events = (await this.get(id)).events.filter((event) => event.at > (after ?? 0));
      if (events.length > 0) yield events;
      return;
    }
    let from = 0;
    let changed = Promise.withResolvers<void>();
    const stop = live.record.onChange(() => changed.resolve());
    const abort = (): void => changed.resolve();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      while (!signal?.aborted) {
        const { events, next } = live.record.eventsFrom(from, after ?? 0);
        from = next;
        changed = Promise.withResolvers<void>();
        if (events.length > 0) yield events;
        if (live.record.verdict && live.record.eventsFrom(from, 0).events.length === 0) return;
        if (live.record.eventsFrom(from, 0).events.length === 0) await changed.promise;
        await pause(WATCH_EVERY_MS, signal);
      }
    } finally {
      stop();
      signal?.removeEventListener('abort', abort);
    }
  }

  async *output(id: string, from: number, signal?: AbortSignal): AsyncGenerator<OutputMessage> {
    const live = this.#live.get(id);
    const kept = live ? null : (await this.get(id)).output;
    const spool = await OutputSpool.open(this.#spoolPath(id));
    try {
      const over = endedOutput(spool.size, kept);
      yield* this.#viewers.view(
        spool,
        () => live?.outputState() ?? over,
        from,
        (listener) => live?.onOutput(listener) ?? (() => {}),
        signal,
      );
    } finally {
      await spool.close();
    }
  }

  ack(viewer: string, seq: number): void {
    this.#viewers.ack(viewer, seq);
  }

  async saveOutput(id: string, limit = Number.POSITIVE_INFINITY): Promise<string> {
    const live = this.#live.get(id);
    if (live) await live.intake.flush();
    else await this.get(id);
    const spool = await OutputSpool.open(this.#spoolPath(id));
    try {
      const parts: string[] = [];
      for (let at = 0; ;) {
        const records = at < limit ? await spool.read(at, Math.min(limit - at, 1024 * 1024)) : [];
        if (records.length === 0) return parts.join('');
        for (const record of records) parts.push(record.text);
        at = records.at(-1)!.end;
      }
    } finally {
      await spool.close();
    }
  }

  async stdin(id: string, data: string, end: boolean): Promise<void> {
    await this.#require(id).execution.stdin(data, end);
  }

  /** Resolves when what the script gave back is known, a moment after the verdict, or nothing will be. */
  async settled(id: string, signal?: AbortSignal): Promise<void> {
    const live = this.#live.get(id);
    if (!live) return;
    const known = Promise.withResolvers<void>();
    const look = (): void => {
      if (live.record.detail().data !== null || signal?.aborted === true) known.resolve();
    };
    const stop = live.record.onChange(look);
    signal?.addEventListener('abort', look, { once: true });
    look();
    try {
      await Promise.race([known.promise, live.execution.removed]);
    } finally {
      stop();
      signal?.removeEventListener('abort', look);
    }
  }

  async resize(id: string, columns: number, rows: number): Promise<void> {
    await this.#require(id).execution.resize(columns, rows);
  }

  async allow(id: string, rule: string, save: boolean): Promise<{ policy: string | null }> {
    const { execution, record } = this.#require(id);
    await execution.allow(rule);
    return { policy: save ? await this.#deps.saveHost(record.policy.name, record.isUnderFile, rule) : null };
  }

  async pause(id: string): Promise<void> {
    await this.#require(id).execution.pause();
  }

  async resume(id: string): Promise<void> {
    await this.#require(id).execution.resume();
  }

  async stop(id: string): Promise<void> {
    const live = this.#live.get(id);
    if (!live) {
      await this.get(id);
      return;
    }
    if (this.#queue.leave(id)) {
      live.record.move({ type: 'stop' }, 'You asked for it.');
      live.record.finish(cancelledInQueue());
      await this.#closeRun(live);
      return;
    }
    await live.execution.stop();
  }

  async stopAll(): Promise<number> {
    const ids = [...this.#live.values()]
      .filter((run) => !run.hidden && isLive(run.record.position.state))
      .map((run) => run.record.id);
    await Promise.all(ids.toReversed().map((id) => this.stop(id)));
    return ids.length;
  }

  /** Changes what the person made of runs (pin, tags, note); returns how many there were. */
  mark(ids: readonly string[], marks: Marks): number {
    const { history } = this.#deps;
    const found = ids.filter((id) => history.mark(id, marks));
    for (const id of found) {
      const line = history.line(id);
      if (line && this.#lines.has(id)) this.#lines.set(id, line);
      this.#news.publish(id, { id, removed: false });
    }
    return found.length;
  }

  /** Removes those of the runs that are over; returns how many. */
  async removeAll(ids: readonly string[]): Promise<number> {
    const over = ids.filter((id) => !this.#live.has(id) && this.#deps.history.line(id) !== null);
    for (const id of over) await this.remove(id);
    return over.length;
  }

  async remove(id: string): Promise<void> {
    if (this.#live.has(id))
      throw new AppError({
        code: 'input-invalid',
        message: 'This run is still going.',
        next: 'Stop it first, then remove it.',
      });
    if (!this.#deps.history.remove(id)) throw this.#unknown(id);
    this.#lines.delete(id);
    await rm(this.#spoolPath(id), { force: true });
    await removeTaken(this.#deps.spoolFolder, id);
    this.#news.publish(id, { id, removed: true });
  }

  /** The engine went away: every run that holds a sandbox ends as `engine-lost`. */
  engineLost(why: string): void {
    for (const run of this.#live.values()) if (run.record.position.state !== 'queued') run.execution.lost(why);
  }

  /**
   * Removes what earlier processes left on this engine, and what we no longer need and nobody touched for a while;
   * `reconcile` after the engine was away: then what we no longer need goes at once.
   */
  async sweep(engine: Engine, reconcile = false): Promise<number> {
    return await sweep(engine, {
      instance: this.#deps.instance,
      owner: this.#deps.owner,
      ownerAlive: this.#deps.ownerAlive,
      isLive: (id) => this.#live.has(id) || this.#deps.execution.network.holds(id),
      isHeld: (container) =>
        this.#deps.execution.pool.holds(container.labels[LABEL.pool] ?? '') ||
        [...this.#live.values()].some(({ record }) => record.containerId === container.id),
      now: this.#deps.wallNow,
      age: reconcile ? 0 : this.#deps.sweepAge(),
      log: this.#deps.log,
    });
  }

  /** Deletes output that is too old or too much; what is pinned or goes on stays. */
  async retain(rules: { readonly bytes: number; readonly ageMs: number }): Promise<void> {
    const removed = await retain({
      ...rules,
      folder: this.#deps.spoolFolder,
      now: this.#deps.wallNow(),
      keep: (id) => {
        const line = this.#deps.history.line(id);
        return this.#live.has(id) || (line !== null && (line.pinned || isLive(line.state)));
      },
    });
    if (removed.length > 0) this.#deps.log.info('output of old runs was deleted', { runs: removed.length });
  }

  /** Stops everything and waits until every sandbox is gone. */
  async dispose(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#live.keys()].toReversed().map((id) => this.stop(id).catch(() => {})));
    await Promise.all(this.#removals);
    this.#queue.dispose();
  }

  /** Labels of this installation and process. */
  static labels(instance: string, owner: string): Record<string, string> {
    return { [LABEL.instance]: instance, [LABEL.owner]: owner };
  }

  #refuseToWait(planned: Planned): void {
    const wait = this.#queue.wouldWait(claimOf('', planned));
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
        spoolPath: this.#spoolPath(id),
        wallNow: this.#deps.wallNow,
        hidden,
      },
      this.#deps.execution,
    );
    this.#live.set(id, run);
    this.#deps.told?.began(record, planned.launch, planned.plan, origin);
    if (!hidden) {
      this.#lines.set(id, record.summary());
      let saved = '';
      let saving: NodeJS.Timeout | null = null;
      const save = (): void => {
        saving = null;
        if (record.verdict === null) this.#save(run);
      };
      const changed = (): void => {
        const { state } = record.position;
        // Writing takes a millisecond each time, which the script would wait for; the end is written by `#closeRun`.
        if (saved === '') this.#save(run);
        else if (state !== saved) saving ??= setTimeout(save, SAVE_AFTER_MS).unref();
        saved = state;
        this.#news.publish(id, { id, removed: false });
      };
      record.onChange(changed);
      changed();
    }
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
      this.#save(run);
      const { id } = run.record;
      await indexOutput(this.#deps, id, run.record.detail().script, this.#spoolPath(id));
    }
    const removal = run.execution.removed.then(async () => {
      if (!run.hidden && run.record.detail().data !== null) this.#save(run);
      if (!run.hidden) this.#lines.set(run.record.id, this.#deps.history.line(run.record.id) ?? run.record.summary());
      this.#live.delete(run.record.id);
      await run.close();
    });
    this.#removals.add(removal);
    await removal.finally(() => this.#removals.delete(removal));
  }

  /** A live run's line is made when somebody looks, not at each of its ten samples a second. */
  #line(id: string): RunSummary {
    const kept = this.#lines.get(id);
    const live = this.#live.get(id)?.record.summary();
    // The record of a run that goes on does not know what a person made of it meanwhile.
    if (live && kept) return { ...live, pinned: kept.pinned, tags: kept.tags, note: kept.note };
    const line = live ?? kept;
    if (!line) throw this.#unknown(id);
    return line;
  }

  #save(run: LiveRun): void {
    try {
      this.#deps.history.save(run.record.summary(), this.#deps.owner, run.record.detail());
    } catch (failure) {
      const facts = { run: run.record.id, problem: String(failure) };
      this.#deps.log.error('a run could not be written to the history', facts);
      run.record.addNote('The history could not be written; this run is kept only until Bellglass ends.');
    }
  }

  #spoolPath(id: string): string {
    return join(this.#deps.spoolFolder, `${id}.output`);
  }

  #require(id: string): LiveRun {
    const run = this.#live.get(id);
    if (!run)
      throw this.#lines.has(id)
        ? new AppError({ code: 'input-invalid', message: 'This run has ended.', next: 'Run it again.' })
        : this.#unknown(id);
    return run;
  }

  #unknown(id: string): AppError {
    return new AppError({
      code: 'input-invalid',
      message: `There is no run ${id.slice(0, 40)}.`,
      next: 'Choose one from the list of runs.',
    });
  }
}
