/** An engine of Bellglass' own: started when no other answers, adopted after a crash, shared by several apps, stopped by the last (ENG-4). */
import { spawn } from 'node:child_process';
import { chmod, mkdir, open, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Attempt } from '#shared/domain/engine.ts';
import { AppError } from '#shared/lib/app-error.ts';
import type { EngineAddress } from '../adapter/address.ts';
import { createEngine } from '../adapter/engine.ts';
import type { Surroundings } from '../discovery/surroundings.ts';
import type { Log } from '../../storage/log.ts';
import { cleanBeforeStart, cleanUp } from './clean-up.ts';
import { findProgram, prepareLaunch, type Launch } from './launch.ts';
import { layoutOf, type Layout } from './layout.ts';
import { withLock } from './lock.ts';
import { commandLine, startTime, terminate } from './processes.ts';
import { Users } from './users.ts';

/** Id of the attempt that stands for the private engine. */
export const PRIVATE_ID = 'private';

/** Milliseconds: for the engine to answer after its start, for a living one to answer, and between TERM and KILL. */
const START_LIMIT = 60_000;
const ADOPT_LIMIT = 10_000;
const STOP_GRACE = 10_000;
const LOG_LIMIT = 5 * 1024 * 1024;

export interface PrivateEngineOptions {
  /** Where its data, sockets and locks live. */
  readonly folder: string;
  readonly assets: string;
  readonly around: Surroundings;
  readonly log: Log;
  /** Something on it must outlive the last user, which then leaves it running; the next start adopts it. */
  readonly needed?: ((address: string) => boolean) | undefined;
}

export interface PrivateEngine {
  /** Whether a program for it is installed and may be used here. */
  available(): Promise<boolean>;
  /** What the doctor page says of it. */
  attempt(): Promise<Attempt>;
  /** Adopts the one that runs or starts one; resolves when it answers. Throws AppError `engine-unreachable`. */
  start(onStep: (step: string) => void): Promise<EngineAddress>;
  /** Lets go of it; the last user stops it, unless it is needed. */
  stop(): Promise<void>;
}

export function privateEngine(options: PrivateEngineOptions): PrivateEngine {
  return new OwnEngine(options);
}

class OwnEngine implements PrivateEngine {
  readonly #options: PrivateEngineOptions;
  readonly #layout: Layout;
  readonly #users: Users;
  readonly #address: EngineAddress;
  #using = false;

  constructor(options: PrivateEngineOptions) {
    this.#options = options;
    this.#layout = layoutOf(options.folder, options.around.env['XDG_RUNTIME_DIR'] ?? tmpdir());
    this.#users = new Users(this.#layout.users);
    this.#address = { url: `unix://${this.#layout.socket}`, socketPath: this.#layout.socket };
  }

  async available(): Promise<boolean> {
    return (await findProgram(this.#options.around)) !== null;
  }

  async attempt(): Promise<Attempt> {
    const base = { id: PRIVATE_ID, label: 'Private engine', address: this.#address.url };
    if (this.#using) return { ...base, usable: true, reason: 'Started by Bellglass for itself.' };
    const found = await findProgram(this.#options.around);
    if (found) {
      return {
        ...base,
        usable: false,
        reason: `Not started; ${found.kind} is installed and Bellglass can start one of its own.`,
        fix: 'Choose it in Settings.',
      };
    }
    return {
      ...base,
      usable: false,
      reason: 'No engine is installed that Bellglass could start: dockerd needs root, Podman does not.',
      fix: 'Install Podman (`apt-get install podman crun`) or Docker (`apt-get install docker.io`).',
    };
  }

  async start(onStep: (step: string) => void): Promise<EngineAddress> {
    await mkdir(this.#layout.folder, { recursive: true });
    await withLock(this.#layout.lock, async () => {
      await this.#users.add();
      this.#using = true;
      try {
        await this.#adoptOrStart(onStep);
      } catch (problem) {
        await this.#users.remove();
        this.#using = false;
        throw problem;
      }
    });
    return this.#address;
  }

  async stop(): Promise<void> {
    if (!this.#using) return;
    this.#using = false;
    await withLock(this.#layout.lock, async () => {
      await this.#users.remove();
      if (await this.#users.others()) return;
      if (this.#options.needed?.(this.#address.url) === true) {
        this.#options.log.info('private engine left running for what is kept on it');
        return;
      }
      const pid = await this.#alive();
      if (pid !== null) await terminate(pid, STOP_GRACE);
      await cleanUp(this.#layout);
      this.#options.log.info('private engine stopped');
    });
  }

  async #adoptOrStart(onStep: (step: string) => void): Promise<void> {
    const pid = await this.#alive();
    if (pid !== null) {
      onStep('Joining the private engine that is running.');
      if (await this.#answers(pid, ADOPT_LIMIT)) {
        this.#options.log.info('private engine adopted', { pid });
        return;
      }
      await terminate(pid, STOP_GRACE);
    }
    await cleanBeforeStart(this.#layout);
    const found = await findProgram(this.#options.around);
    if (!found) throw notStarted('Neither dockerd (as root) nor Podman is installed.', '');
    onStep(`Starting a private engine (${found.kind}).`);
    for (const folder of [this.#layout.run, this.#layout.tmp]) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await chmod(folder, 0o700);
    }
    const launch = await prepareLaunch(found, this.#layout, this.#options.assets, this.#options.around);
    const own = await this.#spawn(launch);
    const from = performance.now();
    if (await this.#answers(own, START_LIMIT)) {
      this.#options.log.info('private engine started', {
        kind: launch.kind,
        pid: own,
        ms: Math.round(performance.now() - from),
      });
      return;
    }
    await terminate(own, STOP_GRACE);
    await cleanUp(this.#layout);
    const log = await readFile(this.#layout.log, 'utf8').catch(() => '');
    throw notStarted(`${launch.kind} ended or did not answer.`, log.split('\n').slice(-12).join('\n'));
  }

  /** Its pid when it is alive and truly ours: a recycled pid has another command line. */
  async #alive(): Promise<number | null> {
    const text = await readFile(this.#layout.pidFile, 'utf8').catch(() => '');
    const [pid = '', marker = ''] = text.split('\n');
    if (!/^\d+$/.test(pid) || marker === '') return null;
    return (await commandLine(Number(pid))).includes(marker) ? Number(pid) : null;
  }

  async #answers(pid: number, limit: number): Promise<boolean> {
    const engine = createEngine(this.#address);
    try {
      for (let waited = 0; waited < limit; waited += 20) {
        const answered = await engine.ping(2000).then(
          () => true,
          () => false,
        );
        if (answered) return true;
        if ((await startTime(pid)) === null) return false;
        await sleep(20);
      }
      return false;
    } finally {
      await engine.dispose();
    }
  }

  async #spawn(launch: Launch): Promise<number> {
    const { log, pidFile } = this.#layout;
    if (((await stat(log).catch(() => null))?.size ?? 0) > LOG_LIMIT) await truncate(log, 0);
    const file = await open(log, 'a', 0o600);
    try {
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      // A process group of its own: Ctrl-C in the terminal reaches Bellglass, which then stops the engine in order.
      const child = spawn(launch.program, launch.args, {
        detached: true,
        stdio: ['ignore', file.fd, file.fd],
        cwd: this.#layout.folder,
        env: { ...definedOnly(this.#options.around.env), ...launch.env },
      });
      child.once('error', reject);
      child.once('spawn', () => resolve(child.pid ?? 0));
      const pid = await promise;
      child.unref();
      await writeFile(pidFile, `${pid}\n${launch.marker}\n`);
      return pid;
    } catch (problem) {
      throw notStarted(`${launch.kind} could not be started.`, String(problem));
    } finally {
      await file.close();
    }
  }
}

/** The engine gets our environment without what would lead it to another engine. */
function definedOnly(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const hidden = new Set([
    'DOCKER_HOST',
    'DOCKER_CONTEXT',
    'CONTAINER_HOST',
    'NOTIFY_SOCKET',
    'LISTEN_FDS',
    'LISTEN_PID',
  ]);
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && !hidden.has(entry[0])),
  );
}

function notStarted(why: string, details: string): AppError {
  return new AppError({
    code: 'engine-unreachable',
    message: 'The private engine did not start.',
    why,
    next: 'Look at the details, or install and start Docker or Podman yourself, then search again.',
    details,
  });
}
