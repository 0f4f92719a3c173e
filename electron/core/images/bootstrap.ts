/**
 * The Debian under every image (IMG-1): from a registry where one answers, else made from Debian's packages here.
 * Both are bookworm, so the packages on top have the same versions.
 */
import { createReadStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa, ExecaError } from 'execa';
import { LABEL } from '#shared/domain/labels.ts';
import { AppError, toAppError } from '#shared/lib/app-error.ts';
import type { Engine } from '../engine/port.ts';
import type { Log } from '../storage/log.ts';
import { cancelled } from './errors.ts';

export const REGISTRY_BASE = 'debian:bookworm-slim';
export const OWN_BASE = 'bellglass/bootstrap:bookworm';

/** A registry that has not begun to answer by then counts as unreachable. */
const ANSWER_MS = 10_000;
/** A download that moves nothing for so long is given up. */
const STALL_MS = 60_000;

/** Folders with a Debian in the making; one that is an hour old has no maker any more. */
const PREFIX = 'debian-';
const ABANDONED_MS = 60 * 60 * 1000;

/** What a shell says of a program that it does not find. */
const NOT_FOUND = 127;
/** After the request to end, milliseconds. */
const ENDING_MS = 20_000;

const NODE_ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

export interface Bootstrap {
  /** The reference of a Debian image that the engine has. Throws AppError `image-build` with the next step. */
  base(engine: Engine, fresh: boolean, onStep: (step: string) => void, signal: AbortSignal): Promise<string>;
}

export interface BootstrapOptions {
  /** A folder that may hold the file system for the moment between making and importing it. */
  readonly folder: string;
  readonly log: Log;
  /** The program's name, for tests. */
  readonly mmdebstrap?: string;
}

/** Remembers for its lifetime that no registry answered. */
export function createBootstrap({ folder, log, mmdebstrap = 'mmdebstrap' }: BootstrapOptions): Bootstrap {
  let registryFailed = false;

  async function pull(engine: Engine, signal: AbortSignal): Promise<boolean> {
    const patience = new AbortController();
    let timer = setTimeout(() => patience.abort(), ANSWER_MS);
    try {
      await engine.pullImage(
        REGISTRY_BASE,
        () => {
          clearTimeout(timer);
          timer = setTimeout(() => patience.abort(), STALL_MS);
        },
        AbortSignal.any([signal, patience.signal]),
      );
      return true;
    } catch (failure) {
      if (signal.aborted) throw cancelled();
      const known = toAppError(failure);
      if (known.code === 'storage') throw known;
      // Tells a registry that is away from an engine that is away.
      await engine.ping();
      registryFailed = true;
      log.info('no registry answered', { why: known.details ?? known.message });
      return false;
    } finally {
      clearTimeout(timer);
    }
  }

  async function make(engine: Engine, signal: AbortSignal): Promise<string> {
    const { arch } = await engine.version();
    if (arch !== NODE_ARCHITECTURES[process.arch]) {
      throw noBase(`The engine's machine (${arch}) differs from this one, so its Debian cannot be made here.`, arch);
    }
    await mkdir(folder, { recursive: true });
    await removeAbandoned(folder);
    const here = await mkdtemp(join(folder, PREFIX));
    const tar = join(here, 'root.tar');
    try {
      // The two files would carry this machine's name and resolver into every image.
      const forget = 'rm -f "$1"/etc/resolv.conf "$1"/etc/hostname';
      const command = [mmdebstrap, '--variant=minbase', `--customize-hook=${forget}`, 'bookworm', '-'];
      await runApart(command, here, tar, signal);
      await engine.importImage(createReadStream(tar), OWN_BASE, { [LABEL.app]: '1', [LABEL.kind]: 'bootstrap' });
      return OWN_BASE;
    } catch (failure) {
      if (signal.aborted) throw cancelled();
      const said =
        failure instanceof ExecaError ? `${failure.shortMessage}\n${String(failure.stderr)}` : String(failure);
      if (failure instanceof ExecaError && (failure.code === 'ENOENT' || failure.exitCode === NOT_FOUND)) {
        throw noBase('No container registry can be reached and the program mmdebstrap is not installed.', '');
      }
      if (failure instanceof AppError) throw failure;
      throw noBase(
        'No container registry can be reached and Debian’s packages could not be fetched.',
        said.slice(-4000),
      );
    } finally {
      await rm(here, { recursive: true, force: true, maxRetries: 5 });
    }
  }

  return {
    async base(engine, fresh, onStep, signal) {
      if (!fresh) {
        for (const reference of [REGISTRY_BASE, OWN_BASE]) if (await engine.image(reference)) return reference;
      }
      if (!registryFailed) {
        onStep('Fetching Debian from the registry');
        if (await pull(engine, signal)) return REGISTRY_BASE;
      }
      // What is here already is updated by the build itself.
      if (await engine.image(OWN_BASE)) return OWN_BASE;
      onStep('Making Debian from its packages');
      return await make(engine, signal);
    },
  };
}

/**
 * Runs a command that writes to `out`, with `folder` for what it makes meanwhile. The program mounts into what it makes, and
 * its helpers outlive it when it is killed. As root it has processes and mounts of its own, which all go with it at once;
 * else it cleans up itself when all of them are asked to end.
 */
async function runApart(command: readonly string[], folder: string, out: string, signal: AbortSignal): Promise<void> {
  const root = process.getuid?.() === 0;
  // Packages are fetched by a user of their own, who may not reach our folders but this one place.
  const script = 'mount --bind "$1" /var/tmp && shift && exec "$@"';
  const apart = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-c', script, 'sh', folder];
  const [program = '', ...args] = root ? ['unshare', ...apart, ...command] : command;
  if (root) await chmod(folder, 0o1777);
  const running = execa(program, args, {
    stdout: { file: out },
    buffer: { stdout: false },
    env: { TMPDIR: root ? '/var/tmp' : folder },
    // It signals its whole process group when something goes wrong.
    detached: true,
  });
  const end = (how: NodeJS.Signals): void => {
    try {
      if (running.pid !== undefined) process.kill(-running.pid, how);
    } catch {
      // It has ended by itself.
    }
  };
  let late: NodeJS.Timeout | undefined;
  const stop = (): void => {
    end(root ? 'SIGKILL' : 'SIGTERM');
    late = setTimeout(() => end('SIGKILL'), ENDING_MS);
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await running;
  } finally {
    signal.removeEventListener('abort', stop);
    clearTimeout(late);
  }
}

/** Removes what a process that was killed while making Debian left behind. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (name.startsWith(PREFIX) && Date.now() - (await stat(path)).mtimeMs > ABANDONED_MS) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

function noBase(why: string, details: string): AppError {
  return new AppError({
    code: 'image-build',
    message: 'There is no Debian to build the images on.',
    why,
    next: 'Connect this machine to the internet or run `sudo apt-get install mmdebstrap`, then build again.',
    details,
  });
}
