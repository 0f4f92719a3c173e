/** What a person or a limit does to a run that goes on: pausing, resuming, its input, its end. */
import type { Breach } from '#shared/domain/progress/verdict.ts';
import type { ViolationKind } from '#shared/domain/run.ts';
import type { PauseReason } from '#shared/policy/limit-watch.ts';
import type { Engine } from '../../engine/port.ts';
import type { Sandbox, ScriptProcess } from '../../sandbox/sandbox.ts';
import type { Log } from '../../storage/log.ts';
import { endSandbox, GRACE_MS } from '../end/end-sandbox.ts';
import type { OutputIntake } from '../output-intake.ts';
import type { RunRecord } from '../run-record.ts';
import { setDeadline } from '../start/deadline.ts';
import { END_OF_INPUT } from '../start/give-stdin.ts';
import type { WallClock } from '../wall-clock.ts';

export interface SteeringGiven {
  readonly record: RunRecord;
  readonly intake: OutputIntake;
  readonly wall: WallClock;
  readonly engine: () => Engine;
  /** Null before the run has one. */
  readonly sandbox: () => Sandbox | null;
  /** Resolves when the script has begun; rejects when it never will. */
  readonly process: Promise<ScriptProcess>;
  /** Resolves when the run is over. */
  readonly ended: Promise<void>;
  readonly log: Log;
}

export class Steering {
  readonly #given: SteeringGiven;
  readonly #pausedFor = new Set<ViolationKind>();
  #breach: Breach | null = null;
  #ending = false;
  #stopped = false;
  #exited = false;

  constructor(given: SteeringGiven) {
    this.#given = given;
  }

  /** The limit for which the run is ended; the first one counts. */
  get breach(): Breach | null {
    return this.#breach;
  }

  /** A person asked for its end. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** It was paused at this limit before. */
  wasPausedFor(kind: ViolationKind): boolean {
    return this.#pausedFor.has(kind);
  }

  /** The script's first process has ended: nobody reads its input any more. */
  exited(): void {
    this.#exited = true;
  }

  /** A person wants it stopped: TERM, grace, KILL where a script runs. */
  stop(): void {
    const { record } = this.#given;
    this.#stopped = true;
    const running = record.position.state === 'running' || record.position.state === 'paused';
    record.move({ type: 'stop' }, 'You asked for it.');
    if (running) this.#end();
  }

  /** A limit wants it ended. */
  kill(breach: Breach): void {
    this.#breach ??= breach;
    this.#end();
  }

  /** Freezes every process of the sandbox; the wall clock stands still meanwhile. */
  async pause(why?: string): Promise<void> {
    const { record, wall } = this.#given;
    const sandbox = this.#given.sandbox();
    if (!sandbox || record.position.state !== 'running') return;
    sandbox.warden.deadline(0);
    await sandbox.pause();
    wall.pause();
    record.move({ type: 'pause' }, why);
  }

  async resume(): Promise<void> {
    const { record, wall } = this.#given;
    const sandbox = this.#given.sandbox();
    if (!sandbox || record.position.state !== 'paused') return;
    await sandbox.unpause();
    wall.start();
    setDeadline(sandbox, record.policy, wall.elapsed);
    record.move({ type: 'resume' });
  }

  /** A limit wants it paused. */
  pauseFor({ kind, message }: PauseReason): void {
    const { record, log } = this.#given;
    void this.pause(message).then(
      () => record.position.state === 'paused' && this.#pausedFor.add(kind),
      (failure: unknown) => log.warn('pause failed', { run: record.id, problem: String(failure) }),
    );
  }

  /** Writes to the script's stdin; waits while it does not read. Rejects once it has ended. */
  async stdin(data: string, end: boolean): Promise<void> {
    const { streams } = await this.#given.process;
    if (this.#exited || !streams.stdin.writable) return;
    if (data !== '') await new Promise<void>((resolve) => streams.stdin.write(data, () => resolve()));
    if (!end) return;
    if (this.#given.record.policy.fields['run.tty'].value) streams.stdin.write(END_OF_INPUT);
    else streams.stdin.end();
  }

  async resize(columns: number, rows: number): Promise<void> {
    const process = await this.#given.process;
    if (!this.#exited) await process.resize(columns, rows);
  }

  #end(): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#endSandbox().catch((failure: unknown) =>
      this.#given.log.warn('ending a script failed', { run: this.#given.record.id, problem: String(failure) }),
    );
  }

  async #endSandbox(): Promise<void> {
    const { record, intake, ended } = this.#given;
    const sandbox = this.#given.sandbox();
    if (!sandbox) return;
    await endSandbox(sandbox, {
      paused: async () => record.position.state === 'paused' || (await this.#engineSaysPaused(sandbox)),
      over: ended,
      grace: GRACE_MS,
      drain: () => intake.drain(),
    });
  }

  async #engineSaysPaused({ id }: Sandbox): Promise<boolean> {
    if (!this.#stopped) return false;
    return (
      (
        await this.#given
          .engine()
          .container(id)
          .catch(() => null)
      )?.state === 'paused'
    );
  }
}
