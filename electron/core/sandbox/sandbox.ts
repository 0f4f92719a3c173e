/** One sandbox: created, waiting, claimed once by one run, removed. Never used twice. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, toAppError } from '#shared/lib/app-error.ts';
import { LABEL } from '#shared/domain/labels.ts';
import type { LiveLimits, SandboxOptions } from '#shared/domain/sandbox.ts';
import type { Engine, Exec, ExecState, Streams } from '../engine/port.ts';
import { bootEnvironment, type Booted } from './boot.ts';
import { entryOf } from './entry.ts';
import { guardCanaries, putEntries, sendCanaries, verifyMounts } from './furnish.ts';
import type { OpenMounts } from './mounts/index.ts';
import { readyVolumes } from './mounts/volumes.ts';
import { startingFiles } from './open-files.ts';
import { WORKSPACE, type Entry } from './payload.ts';
import { readReady, write } from './waiter-link.ts';
import { WardenLink } from './warden-link.ts';

const WARDEN = '/usr/lib/bellglass/warden';
const WAITER = '/usr/lib/bellglass/waiter';
const STORED = `${WORKSPACE}/.payload`;
/**
 * Limits while the engine enters the container, taken away again before the script is sent: its own helper counts there
 * with all its threads, fails now and then when it gets no slot, and is slow on a share of a core.
 */
const ENTRY = { slots: 32, cpu: 100 };
/** A script may end with its memory full of its own files. */
const AFTER = { memory: 64 * 1024 * 1024 };

export interface SandboxRequest {
  /** The run that it is for, or the name under which it waits for one. */
  readonly runId: string;
  /** Made for a run that is not known yet; `claim` hands it over. */
  readonly waiting?: boolean;
  readonly image: string;
  readonly options: SandboxOptions;
  readonly seccompProfile: string;
  /** Labels of the installation and process that own it. */
  readonly labels: Readonly<Record<string, string>>;
  /** The script gets a terminal (stdout and stderr merge). */
  readonly tty: boolean;
  /** Has this interpreter started, and wait, instead of a waiter; never with `tty`. */
  readonly booted?: Booted | null;
  /** What its mounts must turn out to be, and what is copied in. */
  readonly mounts?: Pick<OpenMounts, 'expected' | 'copies'>;
}

/** The script's process as the run sees it. */
export interface ScriptProcess {
  readonly streams: Streams;
  inspect(): Promise<ExecState>;
  resize(columns: number, rows: number): Promise<void>;
}

export class Sandbox {
  readonly id: string;
  readonly warden: WardenLink;
  readonly #engine: Engine;
  readonly #tty: boolean;
  readonly #user: string;
  readonly #entry: ReturnType<typeof entryOf>;
  readonly #gone = Promise.withResolvers<void>();
  #limits: LiveLimits;
  #claimedBy: string | null;
  #waiter: { exec: Exec; terminal: Exec | null } | null = null;
  #removed: Promise<void> | null = null;
  #unwatched: string | null = null;
  #watched = false;

  private constructor(engine: Engine, id: string, warden: WardenLink, request: SandboxRequest) {
    this.#engine = engine;
    this.id = id;
    this.warden = warden;
    this.#tty = request.tty;
    this.#user = request.options.scriptUser;
    this.#entry = entryOf(request.options);
    const { memory, cpu, pids } = request.options;
    this.#limits = { memory, cpu, pids };
    this.#claimedBy = request.waiting === true ? null : request.runId;
    const gone = (): void => this.#gone.resolve();
    warden.done.then(gone, gone);
    warden.onReport((report) => {
      if (report.type === 'watching') this.#watched = true;
    });
  }

  /**
   * Creates and starts a sandbox whose waiter is ready for a payload. What fails half-way is removed again.
   * Throws AppError `container-create`, `container-start` or what the engine said.
   */
  static async create(engine: Engine, request: SandboxRequest): Promise<Sandbox> {
    const options = {
      ...request.options,
      openFiles: startingFiles(request.options),
      pids: request.options.pids + ENTRY.slots,
      cpu: Math.max(request.options.cpu, ENTRY.cpu),
    };
    const made = {
      name: `bellglass-${request.waiting === true ? 'pool-' : ''}${request.runId}`,
      image: request.image,
      options,
      seccompProfile: request.seccompProfile,
      labels: {
        ...request.labels,
        [LABEL.app]: '1',
        ...(request.waiting === true
          ? { [LABEL.kind]: 'pool', [LABEL.pool]: request.runId }
          : { [LABEL.kind]: 'sandbox', [LABEL.run]: request.runId }),
      },
    };
    await readyVolumes(engine, made);
    const id = await engine.createContainer({
      ...made,
      command: [...entryOf(request.options).beforeWarden, WARDEN],
      openStdin: true,
    });
    try {
      const warden = new WardenLink(await engine.attach(id));
      await engine.startContainer(id);
      const sandbox = new Sandbox(engine, id, warden, request);
      await Promise.all([
        verifyMounts(warden, request.mounts?.expected ?? []),
        sandbox.#prepareWaiter(request.options.canaries, request.booted ?? null),
      ]);
      for (const { entries } of request.mounts?.copies ?? []) await sandbox.#fill(entries, request.options.wardenUser);
      await Promise.all([
        sandbox.updateLimits(sandbox.#limits),
        request.options.canaries ? sandbox.#guardCanaries() : undefined,
      ]);
      return sandbox;
    } catch (failure) {
      await engine.removeContainer(id).catch(() => {});
      throw toAppError(failure);
    }
  }

  async #prepareWaiter(prepares: boolean, booted: Booted | null): Promise<void> {
    const { user, before } = this.#entry;
    // User 0 without capabilities cannot enter the script's own folder; the waiter goes there by itself.
    const workingDir = before.length === 0 ? WORKSPACE : '/';
    const waiter = [WAITER, ...(prepares ? ['prepare'] : []), ...(this.#tty ? ['store', STORED] : [])];
    const exec = await this.#engine.exec(this.id, {
      command: [...before, ...(booted?.argv ?? waiter)],
      user,
      // The interpreter remembers where it was started.
      workingDir: booted === null ? workingDir : WORKSPACE,
      stdin: true,
      ...(booted !== null && { env: bootEnvironment(booted, prepares) }),
    });
    // Sent before the waiter is up: it puts the decoys in place on its way, and no answer is waited for twice.
    const sent = prepares ? sendCanaries(exec) : null;
    const pid = await readReady(exec);
    await sent?.placed();
    this.#waiter = { exec, terminal: null };
    const gone = (): void => this.#gone.resolve();
    exec.done.then(gone, gone);
    if (!this.#tty) {
      this.warden.watch(pid);
      return;
    }
    const terminal = await this.#engine.exec(this.id, {
      command: [...before, WAITER, STORED],
      user,
      workingDir,
      stdin: true,
      tty: true,
    });
    const shown = await readReady(terminal);
    this.#waiter = { exec, terminal };
    this.warden.watch(shown);
  }

  /** The warden's uid owns what is copied in, so that the script can change nothing of it. */
  async #fill(entries: readonly Entry[], user: string): Promise<void> {
    const exec = await this.#engine.exec(this.id, { command: [WAITER, 'fill'], user, workingDir: '/', stdin: true });
    await readReady(exec);
    await putEntries(exec, entries);
    exec.stdin.end();
    exec.destroy();
  }

  async #guardCanaries(): Promise<void> {
    this.#unwatched = await guardCanaries(this.warden);
  }

  /** Why nobody would be told of touched decoys; null when somebody is. */
  get unwatched(): string | null {
    return this.#unwatched;
  }

  /** The warden holds the process that becomes the script, and will tell how it ends. */
  get watched(): boolean {
    return this.#watched;
  }

  /** Resolves when its warden or its waiter is gone. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /** Gives a waiting sandbox to one run, for ever. Throws AppError `internal` when it was given or removed before. */
  claim(runId: string): void {
    if (this.#claimedBy !== null || this.#removed !== null) throw claimedTwice();
    this.#claimedBy = runId;
  }

  /** It has these limits already. */
  fits({ memory, cpu, pids }: LiveLimits): boolean {
    return memory === this.#limits.memory && cpu === this.#limits.cpu && pids === this.#limits.pids;
  }

  /** Makes these its limits; one call to the engine, and none when they are its limits already. */
  async fit(limits: LiveLimits): Promise<void> {
    if (this.fits(limits)) return;
    const { memory, cpu, pids } = limits;
    await this.updateLimits({ memory, cpu, pids });
    this.#limits = { memory, cpu, pids };
  }

  /**
   * Hands the payload over; the waiter becomes the script. May be called once, and only for the run that claimed it.
   * With a terminal the payload is stored, and a second waiter, on the terminal, reads and removes it.
   */
  async inject(payload: Uint8Array): Promise<ScriptProcess> {
    const waiter = this.#waiter;
    if (!waiter || this.#claimedBy === null || this.#removed !== null) throw claimedTwice();
    this.#waiter = null;
    const { exec, terminal } = waiter;
    await write(exec, payload);
    if (!terminal) return scriptOf(exec);
    exec.stdin.end();
    exec.stdout.resume();
    exec.stderr.resume();
    return scriptOf(terminal);
  }

  /** Sends a signal to every process of the script and to nothing else; resolves when it was delivered. */
  async signal(signal: 'TERM' | 'KILL'): Promise<void> {
    const exec = await this.#engine.exec(this.id, {
      command: ['/bin/sh', '-c', `kill -${signal} -1`],
      user: this.#user,
      stdin: false,
    });
    exec.stdout.resume();
    exec.stderr.resume();
    await Promise.race([exec.done, sleep(5000, undefined, { ref: false })]);
    exec.destroy();
  }

  /** Starts another program as the script's user when the script is over, with room to work beside what it left. */
  async after(command: readonly string[]): Promise<Exec> {
    const { memory, cpu, pids } = this.#limits;
    await this.updateLimits({ memory: memory + AFTER.memory, cpu: Math.max(cpu, ENTRY.cpu), pids: pids + ENTRY.slots });
    return await this.#engine.exec(this.id, { command, user: this.#user, workingDir: '/', stdin: false });
  }

  /**
   * For ever: ends every process of the script, whatever it left, and freezes the rest. Its files stay, in memory.
   * Throws what the engine says, or AppError `container-start` when its PID 1 is gone and its files with it.
   */
  async seal(): Promise<void> {
    if (this.#removed !== null) throw claimedTwice();
    this.#waiter = null;
    this.warden.deadline(0);
    await this.signal('KILL');
    await this.pause();
    if ((await this.#engine.container(this.id))?.state !== 'paused')
      throw new AppError({ code: 'container-start', message: 'The sandbox ended.', next: 'Run it again.' });
    this.#removed = Promise.resolve();
    this.warden.destroy();
  }

  async pause(): Promise<void> {
    await this.#engine.pause(this.id);
  }

  async unpause(): Promise<void> {
    await this.#engine.unpause(this.id);
  }

  async updateLimits(limits: LiveLimits): Promise<void> {
    await this.#engine.updateLimits(this.id, limits);
  }

  /** Removes the container and everything in it; idempotent, retried while the engine is busy with it. */
  remove(): Promise<void> {
    this.#removed ??= this.#remove();
    return this.#removed;
  }

  /** Leaves the container to the sweep: its engine is gone. */
  abandon(): void {
    this.warden.destroy();
    this.#removed ??= Promise.resolve();
  }

  async #remove(): Promise<void> {
    this.warden.destroy();
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#engine.removeContainer(this.id);
        return;
      } catch (failure) {
        if (attempt === 5) {
          this.#removed = null;
          throw failure;
        }
        await sleep(200 * attempt);
      }
    }
  }
}

function claimedTwice(): AppError {
  return new AppError({
    code: 'internal',
    message: 'A sandbox was claimed twice, or by nobody.',
    next: 'Report this: a sandbox is never reused.',
  });
}

function scriptOf(exec: Exec): ScriptProcess {
  return { streams: exec, inspect: () => exec.inspect(), resize: (columns, rows) => exec.resize(columns, rows) };
}
