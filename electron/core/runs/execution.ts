/** One run from the queue to its verdict: sandbox, payload, watching, end. The record says what happened. */
import { toAppError, type AppError } from '#shared/lib/app-error.ts';
import type { Compiled } from '#shared/domain/sandbox.ts';
import { killedForMemory, verdict, type EndFacts } from '#shared/domain/progress/verdict.ts';
import { ruleText } from '#shared/policy/say/summary.ts';
import type { NormalLaunch } from '#shared/script/validate.ts';
import type { Capabilities } from '#shared/domain/engine.ts';
import type { Runtime } from '#shared/domain/run.ts';
import type { SeccompProfile } from '#shared/domain/policy.ts';
import type { Engine } from '../engine/port.ts';
import type { RunImage } from '../images/index.ts';
import { LiveEvents } from '../exchange/live-events.ts';
import type { MountSources } from '../sandbox/mounts/index.ts';
import { NetworkOfRun } from '../network/network-of-run.ts';
import type { NetworkService } from '../network/network-service.ts';
import type { SandboxPool } from '../sandbox/pool/index.ts';
import type { Sandbox, ScriptProcess } from '../sandbox/sandbox.ts';
import type { KeptSandboxes } from '../kept/kept.ts';
import type { Log } from '../storage/log.ts';
import { isEmpty } from '../watch/rates.ts';
import { Watcher } from '../watch/watcher.ts';
import { failedVerdict, lostDuring } from './end/failed.ts';
import { lastOutput } from './end/last-output.ts';
import { takeBack } from './end/take-back.ts';
import { endFacts, ExitWatch } from './exit-watch.ts';
import type { OutputIntake } from './output-intake.ts';
import type { RunRecord } from './run-record.ts';
import { Entrance, type Entered } from './start/entrance.ts';
import { giveStdin } from './start/give-stdin.ts';
import { Steering } from './steer/steering.ts';
import { WallClock } from './wall-clock.ts';

/** The warden may take this long to tell what was touched last, ms: it shares the script's part of a core. */
const CHECK_MS = 1000;

export interface ExecutionDeps {
  /** Resolves when an engine is connected, or none will be for now: a run may be asked for while it is still searched. Undefined when it is there. */
  readonly engineSettled: (signal: AbortSignal) => Promise<void> | undefined;
  readonly engine: () => Engine;
  readonly capabilities: () => Capabilities;
  readonly ensureImage: (
    wanted: RunImage,
    onStep: (step: string) => void,
    signal: AbortSignal,
  ) => Promise<{ readonly id: string; readonly reference: string; readonly env: Readonly<Record<string, string>> }>;
  readonly seccompProfile: (
    profile: SeccompProfile,
    runtime: Runtime,
    removed: readonly string[],
  ) => string | Promise<string>;
  /** The name of a runtime's own image; says nothing about whether the engine has it. */
  readonly imageReference: (runtime: Runtime) => string;
  /** A run uses the image of this name and id, which nobody asked the engine for. */
  readonly imageUsed: (reference: string, id: string) => void;
  readonly pool: Pick<SandboxPool, 'take' | 'create' | 'holds' | 'expect' | 'imageOf'>;
  readonly mounts: Pick<MountSources, 'open'>;
  readonly network: Pick<NetworkService, 'open' | 'holds'>;
  /** Keeps sandboxes whose launch asks for it; without it none is. */
  readonly kept?: Pick<KeptSandboxes, 'seal' | 'has' | 'expectRoom'>;
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
  /** The script has what it was given: nobody has to hold it any more. */
  readonly given?: () => void;
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
  readonly #entrance: Entrance;
  readonly #steering: Steering;
  #watcher: Watcher | null = null;
  #lost: string | null = null;
  #removal: Promise<void> = Promise.resolve();
  #exited = false;
  #kept = false;

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
      onKill: (breach) => this.#steering.kill(breach),
      onPause: (reason) => this.#steering.pauseFor(reason),
    });
    this.#entrance = new Entrance({
      record,
      deps,
      input,
      network: this.#network,
      exit: this.#exit,
      events: this.#events,
      wall: this.#wall,
      signal: this.#cancel.signal,
      since: () => this.#since(),
    });
    this.#steering = new Steering({
      record,
      intake,
      wall: this.#wall,
      engine: deps.engine,
      sandbox: () => this.#entrance.sandbox,
      process: this.#process.promise,
      ended: this.#ended.promise,
      log: deps.log,
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
      const entered = await this.#entrance.enter();
      if (entered) await this.#follow(this.#begin(entered));
    } catch (failure) {
      this.#fail(toAppError(failure));
    } finally {
      this.#process.reject(new Error('the run has ended'));
      this.#watcher?.dispose();
      void this.#entrance.source?.dispose();
      this.#remove();
      this.#ended.resolve();
    }
  }

  /** Stops it: TERM, grace, KILL. Resolves when the verdict is there. */
  async stop(): Promise<void> {
    if (!this.#steering.stopped) {
      this.#cancel.abort();
      this.#steering.stop();
    }
    await this.#ended.promise;
  }

  /** Freezes every process of the sandbox; the wall clock stands still meanwhile. */
  async pause(why?: string): Promise<void> {
    await this.#steering.pause(why);
  }

  async resume(): Promise<void> {
    await this.#steering.resume();
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
    await this.#steering.stdin(data, end);
  }

  /** One more allowed host for the rest of the run; see {@link NetworkOfRun.allow}. */
  async allow(rule: string): Promise<void> {
    await this.#network.allow(rule);
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#steering.resize(columns, rows);
  }

  #since(): number {
    return Math.round((this.#deps.now() - this.#clicked) * 10) / 10;
  }

  /** The script has begun. */
  #begin({ process, ready }: Entered): ScriptProcess {
    // A stop that came meanwhile found no running script to end: the sandbox goes as it is.
    this.#entrance.giveUpIfAsked();
    this.#wall.start();
    this.#record.time({ inject: this.#since() - ready });
    this.#record.move({ type: 'run' });
    this.#watch();
    giveStdin(process, this.#input.launch.stdin, this.#record.policy.fields['run.tty'].value);
    this.#input.given?.();
    this.#process.resolve(process);
    return process;
  }

  #watch(): void {
    const { source, begin } = this.#entrance;
    if (!source) return;
    this.#watcher = new Watcher({
      source,
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
      onKill: (breach) => this.#steering.kill(breach),
      onPause: (reason) => this.#steering.pauseFor(reason),
    });
  }

  async #follow(process: ScriptProcess): Promise<void> {
    const streams = Promise.all([
      this.#intake.take('stdout', process.streams.stdout),
      this.#intake.take('stderr', process.streams.stderr),
    ]);
    const { exit, state } = await this.#exit.wait(process, streams);
    this.#exited = true;
    this.#steering.exited();
    this.#wall.pause();
    await this.#network.settle();
    // What the script touched in its last moment is told before its sandbox goes: a warden that told the end told that first.
    if (!exit && this.#lost === null && this.#input.compiled.options.canaries)
      await this.#entrance.sandbox?.warden.check(CHECK_MS);
    const leftSome = (): boolean => !isEmpty(this.#entrance.source?.latest() ?? null);
    if (this.#lost === null) await lastOutput(streams, () => this.#lost !== null || leftSome());
    // The engine is asked only where the kernel's own word did not come.
    const last = exit || this.#lost !== null ? state : (state ?? (await this.#exit.final(process)));
    const end = endFacts(exit, last, this.#lost !== null);
    this.#watcher?.finish((oomKills) => killedForMemory({ ...end, oomKills }));
    this.#intake.drain();
    process.streams.destroy();
    await this.#intake.flush();
    this.#record.setOutput(this.#intake.kept, this.#intake.dropped, this.#intake.lines, this.#intake.refused);
    this.#record.time({ script: Math.round(this.#wall.elapsed * 10) / 10, total: this.#since() });
    this.#conclude(end);
  }

  #conclude(end: Pick<EndFacts, 'exitCode' | 'signal' | 'sandboxEnded'>): void {
    const { fields } = this.#record.policy;
    const { stopped, breach } = this.#steering;
    const oomKills = this.#watcher?.oomKills ?? 0;
    const facts: EndFacts = {
      stopped,
      breach,
      failure: this.#lost === null || stopped ? null : lostDuring(this.#lost),
      ...end,
      oomKills,
      memoryLimit: fields['resources.memory'].value,
      wallLimit: fields['resources.wall_time'].value,
      rule: (field) => ruleText(this.#record.policy, field),
    };
    if (oomKills > 0) this.#record.reachedMemory(facts.memoryLimit);
    const pauses = fields['resources.on_breach.memory'].value === 'pause';
    if (oomKills > 0 && pauses && !this.#steering.wasPausedFor('memory'))
      this.#record.addNote(
        'Memory grew past its limit faster than it was looked at, so the kernel ended it before it could be paused.',
      );
    this.#record.finish(verdict(facts));
  }

  #fail(error: AppError): void {
    this.#record.time({ total: this.#since() });
    if (this.#record.verdict) return;
    const { code, message, details } = error;
    const { stopped } = this.#steering;
    if (!stopped && this.#lost === null)
      this.#deps.log.error('a run could not go on', { run: this.#record.id, code, message, details });
    const gone = this.#lost ?? (error.code === 'engine-unreachable' ? error.message : null);
    this.#record.finish(failedVerdict(error, { stopped, gone }));
  }

  #remove(): void {
    const { sandbox } = this.#entrance;
    const left = (failure: unknown): void =>
      this.#deps.log.warn('a sandbox is left for the sweep', { run: this.#record.id, problem: String(failure) });
    // An engine that is gone removes nothing; the sweep at its return takes what nobody holds any more.
    if (this.#lost !== null) {
      sandbox?.abandon();
      this.#network.abandon();
      return;
    }
    this.#removal = this.#takeBack()
      .then(() => (this.#kept ? undefined : sandbox?.remove()))
      .catch(left)
      .then(() => this.#network.remove().catch(left));
  }

  async #takeBack(): Promise<void> {
    const { sandbox } = this.#entrance;
    if (!sandbox || !this.#exited) return;
    await takeBack(sandbox, {
      record: this.#record,
      input: this.#input,
      live: this.#events,
      signal: this.#leave.signal,
      last: () => this.#keep(sandbox),
      since: () => this.#since(),
    });
  }

  /** Where the launch asks for it: sealed, for somebody to look into. */
  async #keep(sandbox: Sandbox): Promise<void> {
    const { launch, compiled } = this.#input;
    if (!launch.keep || !this.#deps.kept) return;
    const { scriptUser: user, scratchBytes: scratch } = compiled.options;
    this.#kept = await this.#deps.kept.seal(sandbox, { record: this.#record, name: launch.name, user, scratch });
  }
}
