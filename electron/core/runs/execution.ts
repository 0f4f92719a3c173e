/** One run from the queue to its verdict: sandbox, payload, watching, end. Holds the sandbox; the record says what happened. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, toAppError } from '#shared/lib/app-error.ts';
import type { Compiled } from '#shared/domain/sandbox.ts';
import { killedForMemory, verdict, type Breach, type EndFacts } from '#shared/domain/verdict.ts';
import { refuseHere } from '#shared/policy/plan/refuse.ts';
import type { PauseReason } from '#shared/policy/limit-watch.ts';
import { ruleText } from '#shared/policy/say/summary.ts';
import type { NormalLaunch } from '#shared/script/validate.ts';
import type { Capabilities } from '#shared/domain/engine.ts';
import type { Runtime, ViolationKind } from '#shared/domain/run.ts';
import type { SeccompProfile } from '#shared/domain/policy.ts';
import type { Engine } from '../engine/port.ts';
import type { RunImage } from '../images/index.ts';
import { LiveEvents } from '../exchange/live-events.ts';
import { take } from '../exchange/take.ts';
import type { MountSources } from '../sandbox/mounts/index.ts';
import { NetworkOfRun } from '../network/network-of-run.ts';
import type { NetworkService } from '../network/network-service.ts';
import { guardDecoys } from '../sandbox/guard-decoys.ts';
import { wishOf, type SandboxPool, type SandboxWish } from '../sandbox/pool/index.ts';
import type { Sandbox, ScriptProcess } from '../sandbox/sandbox.ts';
import { scriptPayload } from '../sandbox/script-payload.ts';
import type { ProcessExit } from '../sandbox/warden-link.ts';
import type { Log } from '../storage/log.ts';
import { openSource, type CounterSource } from '../watch/source.ts';
import { Watcher } from '../watch/watcher.ts';
import { endSandbox } from './end/end-sandbox.ts';
import { failedVerdict, lostDuring } from './end/failed.ts';
import { ExitWatch } from './exit-watch.ts';
import type { OutputIntake } from './output-intake.ts';
import type { RunRecord } from './run-record.ts';
import { END_OF_INPUT, giveStdin } from './start/give-stdin.ts';
import { newSandbox } from './start/new-sandbox.ts';
import { wantedImage } from './start/wanted-image.ts';
import { WallClock } from './wall-clock.ts';

/** Between TERM and KILL, ms (spec, Words: stop). */
export const GRACE_MS = 2000;
/** After the script's first process has ended, its last output may take this long, ms. */
const DRAIN_MS = 300;
/** The warden may take this long to tell what was touched last, ms: it shares the script's part of a core. */
const CHECK_MS = 1000;
/** The warden ends the sandbox this many seconds after we should have. */
const DEADLINE_MARGIN = 15;

export interface ExecutionDeps {
  /** Resolves when an engine is connected, or none will be for now: a run may be asked for while it is still searched. */
  readonly engineSettled: (signal: AbortSignal) => Promise<void>;
  readonly engine: () => Engine;
  readonly capabilities: () => Capabilities;
  readonly ensureImage: (
    wanted: RunImage,
    onStep: (step: string) => void,
    signal: AbortSignal,
  ) => Promise<{ readonly id: string; readonly reference: string; readonly env: Readonly<Record<string, string>> }>;
  readonly seccompProfile: (profile: SeccompProfile, runtime: Runtime, removed: readonly string[]) => Promise<string>;
  readonly pool: Pick<SandboxPool, 'take' | 'create' | 'holds' | 'expect'>;
  readonly mounts: Pick<MountSources, 'open'>;
  readonly network: Pick<NetworkService, 'open' | 'holds'>;
  readonly labels: Readonly<Record<string, string>>;
  readonly samplingMs: () => number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

export interface ExecutionInput {
  readonly launch: NormalLaunch;
  readonly compiled: Compiled;
  /** Environment that the plan adds (smaller thread pools and the like). */
  readonly env: Readonly<Record<string, string>>;
  /** Folder below which the run's files land; null keeps none. */
  readonly files: string | null;
}

export class Execution {
  readonly #record: RunRecord;
  readonly #deps: ExecutionDeps;
  readonly #input: ExecutionInput;
  readonly #intake: OutputIntake;
  readonly #wall: WallClock;
  readonly #clicked: number;
  readonly #cancel = new AbortController();
  /** Ends the taking out of files. */
  readonly #leave = new AbortController();
  readonly #events = new LiveEvents();
  readonly #ended = Promise.withResolvers<void>();
  readonly #process = Promise.withResolvers<ScriptProcess>();
  readonly #exit = new ExitWatch();
  readonly #network: NetworkOfRun;
  #sandbox: Sandbox | null = null;
  #source: CounterSource | null = null;
  #begin: ReturnType<CounterSource['latest']> = null;
  #watcher: Watcher | null = null;
  #stopped = false;
  #lost: string | null = null;
  #breach: Breach | null = null;
  readonly #pausedFor = new Set<ViolationKind>();
  #imageEnv: Readonly<Record<string, string>> = {};
  #ending = false;
  #startedHow: { readonly warm: boolean; readonly why: string } = { warm: false, why: '' };
  #removal: Promise<void> = Promise.resolve();
  #exited = false;

  constructor(record: RunRecord, deps: ExecutionDeps, input: ExecutionInput, intake: OutputIntake) {
    this.#record = record;
    this.#deps = deps;
    this.#input = input;
    this.#intake = intake;
    this.#wall = new WallClock(deps.now);
    this.#clicked = deps.now();
    this.#process.promise.catch(() => {});
    this.#network = new NetworkOfRun(input.compiled.network, record, {
      service: deps.network,
      log: deps.log,
      onKill: (breach) => this.#kill(breach),
      onPause: (reason) => this.#pauseFor(reason),
    });
  }

  /** Resolves when the sandbox is gone, after the verdict. */
  get removed(): Promise<void> {
    return this.#removal;
  }

  /** The first byte of output has come; called by the intake. */
  firstByte(): void {
    this.#record.time({ firstByte: this.#since() });
  }

  /** Runs to the verdict; never rejects: what fails is the verdict. */
  async run(): Promise<void> {
    try {
      const process = await this.#start();
      if (process) await this.#follow(process);
    } catch (failure) {
      this.#fail(toAppError(failure));
    } finally {
      this.#process.reject(new Error('the run has ended'));
      this.#watcher?.dispose();
      void this.#source?.dispose();
      this.#remove();
      this.#ended.resolve();
    }
  }

  /** Stops it: TERM, grace, KILL. Resolves when the verdict is there. */
  async stop(): Promise<void> {
    if (this.#stopped) return await this.#ended.promise;
    this.#stopped = true;
    this.#cancel.abort();
    const running = this.#record.position.state === 'running' || this.#record.position.state === 'paused';
    this.#record.move({ type: 'stop' }, 'You asked for it.');
    if (running) this.#end();
    await this.#ended.promise;
  }

  /** Freezes every process of the sandbox; the wall clock stands still meanwhile. */
  async pause(why?: string): Promise<void> {
    const sandbox = this.#sandbox;
    if (!sandbox || this.#record.position.state !== 'running') return;
    sandbox.warden.deadline(0);
    await sandbox.pause();
    this.#wall.pause();
    this.#record.move({ type: 'pause' }, why);
  }

  async resume(): Promise<void> {
    const sandbox = this.#sandbox;
    if (!sandbox || this.#record.position.state !== 'paused') return;
    await sandbox.unpause();
    this.#wall.start();
    this.#setDeadline(sandbox);
    this.#record.move({ type: 'resume' });
  }

  /** The engine went away. The record keeps what it has; the sandbox is swept when the engine is back. */
  lost(why: string): void {
    if (this.#lost !== null || this.#record.verdict) return;
    this.#lost = why;
    this.#cancel.abort();
    this.#leave.abort();
    this.#exit.lost();
  }

  /** Writes to the script's stdin; waits while it does not read. Rejects once it has ended. */
  async stdin(data: string, end: boolean): Promise<void> {
    const { streams } = await this.#process.promise;
    if (this.#exited || !streams.stdin.writable) return;
    if (data !== '') await new Promise<void>((resolve) => streams.stdin.write(data, () => resolve()));
    if (!end) return;
    if (this.#tty) streams.stdin.write(END_OF_INPUT);
    else streams.stdin.end();
  }

  /** One more allowed host for the rest of the run; see {@link NetworkOfRun.allow}. */
  async allow(rule: string): Promise<void> {
    await this.#network.allow(rule);
  }

  async resize(columns: number, rows: number): Promise<void> {
    const process = await this.#process.promise;
    if (!this.#exited) await process.resize(columns, rows);
  }

  #since(): number {
    return Math.round((this.#deps.now() - this.#clicked) * 10) / 10;
  }

  async #start(): Promise<ScriptProcess | null> {
    const { launch, compiled } = this.#input;
    const begun = this.#since();
    if (!this.#record.move({ type: 'prepare' })) return null;
    this.#record.time({ queued: begun });
    await this.#deps.engineSettled(this.#cancel.signal);
    this.#giveUpIfAsked();
    const refusal = refuseHere(this.#record.policy, this.#deps.capabilities());
    if (refusal) throw new AppError({ ...refusal, code: 'plan-refused' });
    const wanted = wantedImage(this.#record.policy, launch.runtime);
    const [image, seccompProfile] = await Promise.all([
      this.#deps.ensureImage(wanted, (step) => this.#record.addNote(step), this.#cancel.signal),
      this.#deps.seccompProfile(compiled.options.seccomp, launch.runtime, compiled.options.seccompRemoved),
    ]);
    this.#giveUpIfAsked();
    this.#imageEnv = image.env;
    const prepared = this.#since();
    this.#record.time({ prepare: prepared - begun });
    this.#record.move({ type: 'start' });
    const wish = wishOf({ policy: this.#record.policy, compiled, image, seccompProfile });
    return (await this.#enterWarm(wish, prepared)) ?? (await this.#enterCold(wish, prepared));
  }

  /** Null when no sandbox waits for such a run, or the one that did takes no script: then one is made, under the same policy. */
  async #enterWarm(wish: SandboxWish, prepared: number): Promise<ScriptProcess | null> {
    const taken = this.#deps.pool.take(this.#record.id, wish);
    this.#startedHow = { warm: taken.sandbox !== null, why: taken.why };
    if (taken.sandbox === null) return null;
    const { sandbox, pid } = taken;
    let claimed = prepared;
    let process: ScriptProcess;
    try {
      this.#hold(sandbox, wish.reference);
      await sandbox.fit(wish.options);
      claimed = this.#since();
      process = await this.#inject(sandbox, pid);
    } catch (failure) {
      this.#giveUpIfAsked();
      this.#letGo(sandbox, toAppError(failure).message);
      return null;
    }
    this.#record.time({ claim: claimed - prepared });
    return this.#run(process, claimed);
  }

  #letGo(sandbox: Sandbox, problem: string): void {
    const facts = { run: this.#record.id, container: sandbox.id, problem };
    this.#deps.log.warn('a waiting sandbox could not be used; the run starts cold', facts);
    void this.#source?.dispose();
    this.#source = null;
    this.#sandbox = null;
    sandbox.remove().catch(() => this.#deps.log.warn('a sandbox is left for the sweep', facts));
    this.#startedHow = { warm: false, why: `The one that waited could not be used: ${problem}` };
  }

  async #enterCold(wish: SandboxWish, prepared: number): Promise<ScriptProcess> {
    const sandbox = await newSandbox(wish, {
      record: this.#record,
      deps: this.#deps,
      input: this.#input,
      network: this.#network,
      engine: this.#deps.engine(),
      signal: this.#cancel.signal,
    });
    this.#hold(sandbox, wish.reference);
    this.#giveUpIfAsked();
    await this.#network.ready();
    const created = this.#since();
    this.#record.time({ create: created - prepared });
    return this.#run(await this.#inject(sandbox), created);
  }

  #hold(sandbox: Sandbox, image: string): void {
    this.#sandbox = sandbox;
    this.#record.setContainer(sandbox.id, this.#deps.engine().address, image, this.#startedHow);
    guardDecoys(sandbox, this.#record);
  }

  /** Hands the script over to a sandbox that is ready; `pid` is that of its PID 1 where it is known. */
  async #inject(sandbox: Sandbox, pid?: number): Promise<ScriptProcess> {
    this.#source = await openSource(
      this.#deps.engine(),
      this.#deps.capabilities(),
      sandbox.id,
      sandbox.warden,
      this.#deps.samplingMs(),
      this.#deps.now,
      this.#record.policy.fields['resources.on_breach.open_files'].value === 'kill',
      pid,
    );
    this.#record.setSampling(this.#source.everyMs, this.#source.why);
    this.#begin = this.#source.latest();
    this.#setDeadline(sandbox);
    this.#exit.listen(sandbox.warden);
    this.#events.listen(sandbox.warden, ({ name, data }) => this.#record.addEvent(name, data));
    return await sandbox.inject(this.#payload());
  }

  /** The script has begun; `ready` is when its sandbox was. */
  #run(process: ScriptProcess, ready: number): ScriptProcess {
    // A stop that came meanwhile found no running script to end: the sandbox goes as it is.
    this.#giveUpIfAsked();
    this.#wall.start();
    this.#record.time({ inject: this.#since() - ready });
    this.#record.move({ type: 'run' });
    this.#watch(this.#begin);
    giveStdin(process, this.#input.launch.stdin, this.#tty);
    this.#process.resolve(process);
    return process;
  }

  /** The launch's own wish is part of the policy. */
  get #tty(): boolean {
    return this.#record.policy.fields['run.tty'].value;
  }

  #payload(): Uint8Array {
    return scriptPayload({
      ...this.#input,
      runId: this.#record.id,
      policy: this.#record.policy,
      imageEnv: this.#imageEnv,
    });
  }

  #setDeadline(sandbox: Sandbox): void {
    const { fields } = this.#record.policy;
    if (fields['resources.on_breach.wall_time'].value === 'warn') return;
    sandbox.warden.deadline(
      (fields['resources.wall_time'].value - this.#wall.elapsed + GRACE_MS) / 1000 + DEADLINE_MARGIN,
    );
  }

  #watch(begin: ReturnType<CounterSource['latest']>): void {
    if (!this.#source) return;
    this.#watcher = new Watcher({
      source: this.#source,
      policy: this.#record.policy,
      begin,
      now: this.#deps.now,
      wall: () => this.#wall.elapsed,
      paused: () => this.#record.position.state === 'paused',
      outputSeen: () => this.#intake.seen,
      onSample: (sample) => {
        this.#record.setOutput(this.#intake.kept, this.#intake.dropped, this.#intake.lines);
        this.#record.addSample(this.#network.measured(sample));
      },
      onEvent: (event) => {
        if (event.type === 'warning') this.#record.addWarning(event.kind, event.message);
        else
          this.#record.addViolation({
            kind: event.kind,
            message: event.message,
            count: event.count ?? 1,
            rule: ruleText(this.#record.policy, event.field),
          });
      },
      onKill: (breach) => this.#kill(breach),
      onPause: (reason) => this.#pauseFor(reason),
    });
  }

  #kill(breach: Breach): void {
    this.#breach ??= breach;
    this.#end();
  }

  #pauseFor({ kind, message }: PauseReason): void {
    void this.pause(message).then(
      () => this.#record.position.state === 'paused' && this.#pausedFor.add(kind),
      (failure: unknown) => this.#deps.log.warn('pause failed', { run: this.#record.id, problem: String(failure) }),
    );
  }

  async #follow(process: ScriptProcess): Promise<void> {
    const streams = Promise.all([
      this.#intake.take('stdout', process.streams.stdout),
      this.#intake.take('stderr', process.streams.stderr),
    ]);
    const exit = await this.#exit.wait(process, streams);
    this.#exited = true;
    this.#wall.pause();
    await this.#network.settle();
    // What the script touched in its last moment is told before its sandbox goes.
    if (this.#lost === null && this.#input.compiled.options.canaries) await this.#sandbox?.warden.check(CHECK_MS);
    if (this.#lost === null) await Promise.race([streams, sleep(DRAIN_MS, undefined, { ref: false })]);
    const state = this.#lost === null ? await this.#exit.final(process) : null;
    const end = {
      exitCode: state?.exitCode ?? null,
      signal: exit ? exit.signal : undefined,
      sandboxEnded: state === null && this.#lost === null,
    };
    this.#watcher?.finish((oomKills) => killedForMemory({ ...end, oomKills }));
    this.#intake.drain();
    process.streams.destroy();
    await this.#intake.flush();
    this.#record.setOutput(this.#intake.kept, this.#intake.dropped, this.#intake.lines);
    this.#record.time({ script: Math.round(this.#wall.elapsed * 10) / 10, total: this.#since() });
    this.#conclude(exit, end);
  }

  #conclude(exit: ProcessExit | undefined, end: Pick<EndFacts, 'exitCode' | 'signal' | 'sandboxEnded'>): void {
    const { fields } = this.#record.policy;
    const oomKills = this.#watcher?.oomKills ?? 0;
    const facts: EndFacts = {
      stopped: this.#stopped,
      breach: this.#breach,
      failure: this.#lost === null || this.#stopped ? null : lostDuring(this.#lost),
      ...end,
      exitCode: end.exitCode ?? (exit ? (exit.code ?? 128 + (exit.signal ?? 0)) : null),
      oomKills,
      memoryLimit: fields['resources.memory'].value,
      wallLimit: fields['resources.wall_time'].value,
      rule: (field) => ruleText(this.#record.policy, field),
    };
    if (oomKills > 0) this.#record.reachedMemory(facts.memoryLimit);
    if (oomKills > 0 && fields['resources.on_breach.memory'].value === 'pause' && !this.#pausedFor.has('memory'))
      this.#record.addNote(
        'Memory grew past its limit faster than it was looked at, so the kernel ended it before it could be paused.',
      );
    this.#record.finish(verdict(facts));
  }

  #end(): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#endSandbox().catch((failure: unknown) =>
      this.#deps.log.warn('ending a script failed', { run: this.#record.id, problem: String(failure) }),
    );
  }

  async #endSandbox(): Promise<void> {
    const sandbox = this.#sandbox;
    if (!sandbox) return;
    await endSandbox(sandbox, {
      paused: async () => this.#record.position.state === 'paused' || (await this.#engineSaysPaused(sandbox)),
      over: this.#ended.promise,
      grace: GRACE_MS,
      drain: () => this.#intake.drain(),
    });
  }

  async #engineSaysPaused({ id }: Sandbox): Promise<boolean> {
    if (!this.#stopped) return false;
    const engine = this.#deps.engine();
    return (await engine.container(id).catch(() => null))?.state === 'paused';
  }

  #giveUpIfAsked(): void {
    if (this.#cancel.signal.aborted) throw new Error('given up before the script began');
  }

  #fail(error: AppError): void {
    this.#record.time({ total: this.#since() });
    if (this.#record.verdict) return;
    const { code, message, details } = error;
    if (!this.#stopped && this.#lost === null)
      this.#deps.log.error('a run could not go on', { run: this.#record.id, code, message, details });
    const gone = this.#lost ?? (error.code === 'engine-unreachable' ? error.message : null);
    this.#record.finish(failedVerdict(error, { stopped: this.#stopped, gone }));
  }

  /** What the script gave back, taken out after the verdict: nobody waits for files to see a result. */
  async #takeFiles(sandbox: Sandbox | null): Promise<void> {
    const { files, compiled } = this.#input;
    if (!sandbox || files === null || !this.#exited || this.#lost !== null) return;
    const begun = this.#since();
    const { data, events } = await take({
      runs: files,
      id: this.#record.id,
      scratch: compiled.options.scratchBytes,
      exec: (command) => sandbox.after(command),
      live: this.#events,
      signal: this.#leave.signal,
    });
    for (const event of events) this.#record.addEvent(event.name, event.data);
    this.#record.time({ extract: this.#since() - begun });
    this.#record.setData(data);
  }

  #remove(): void {
    const sandbox = this.#sandbox;
    const left = (failure: unknown): void =>
      this.#deps.log.warn('a sandbox is left for the sweep', { run: this.#record.id, problem: String(failure) });
    this.#removal = this.#takeFiles(sandbox)
      .then(() => sandbox?.remove())
      .catch(left)
      .then(() => this.#network.remove().catch(left));
  }
}
