/** From the mounts that a policy asks for to what a sandbox is created with: resolved, checked, held until the script begins (POL-1). */
import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve, sep } from 'node:path';
import { AppError, type AppErrorData } from '#shared/lib/app-error.ts';
import { formatBytes } from '#shared/lib/units.ts';
import type { SandboxMount, SandboxOptions } from '#shared/domain/sandbox.ts';
import { placeProblem, type PathStyle, type Protected } from '#shared/policy/mounts/sources.ts';
import type { Entry } from '../payload.ts';
import { readFolder, TooLarge } from './copy.ts';
import { hold, type Held } from './held.ts';
import { kept, type KeptFrom } from './kept.ts';
import { mountedBelow } from './mounted.ts';
import { findSocket } from './sockets.ts';
import { volumeName } from './volumes.ts';

/** Windows and macOS tell names apart by more than case. */
const STYLE: PathStyle = { separator: sep === '\\' ? '\\' : '/', foldCase: process.platform !== 'linux' };

export interface MountDeps extends KeptFrom {
  /** Folders that the settings allow, as written there. */
  readonly allowed: () => readonly string[];
}

/** What must be found at a path of the container before a script may come. */
export interface Expected {
  readonly target: string;
  readonly source: string;
  readonly device: bigint;
  readonly inode: bigint;
}

/** Mounts of one run whose sources are held open; nothing of them can be exchanged unnoticed. */
export interface OpenMounts {
  readonly mounts: readonly SandboxMount[];
  readonly expected: readonly Expected[];
  /** What to put at a target whose engine does not share our files. */
  readonly copies: readonly { readonly target: string; readonly entries: readonly Entry[] }[];
  /** What a person should know, one sentence each. */
  readonly notes: readonly string[];
  /** Lets go of the sources; once the sandbox was verified, or is gone. */
  dispose(): Promise<void>;
}

type Refusal = Omit<AppErrorData, 'code'>;

function refused({ message, why, next }: Refusal): AppError {
  return new AppError({ code: 'plan-refused', message, ...(why && { why }), ...(next && { next }) });
}

export class MountSources {
  readonly #deps: MountDeps;

  constructor(deps: MountDeps) {
    this.#deps = deps;
  }

  /** Why these mounts would be refused as this machine is now, or null. `folder` is what relative sources are relative to. */
  async problem(mounts: readonly SandboxMount[], folder: string | undefined): Promise<AppError | null> {
    try {
      const held = await this.#holdAll(mounts, folder);
      await Promise.all([...held.values()].map(({ handle }) => handle.close()));
      return null;
    } catch (failure) {
      if (failure instanceof AppError) return failure;
      throw failure;
    }
  }

  /** Resolves, checks and holds every source, and reads what has to be copied. Throws AppError `plan-refused`. */
  async open(options: SandboxOptions, folder: string | undefined): Promise<OpenMounts> {
    const held = await this.#holdAll(options.mounts, folder);
    const dispose = async (): Promise<void> => {
      await Promise.all([...held.values()].map(({ handle }) => handle.close().catch(() => {})));
    };
    try {
      const notes: string[] = [];
      const copies: { target: string; entries: readonly Entry[] }[] = [];
      for (const [mount, source] of held) {
        const socket = source.kind === 'folder' ? await findSocket(source.path) : null;
        if (socket !== null)
          throw refused({
            message: `\`${source.path}\` is not shown to a script.`,
            why: `It holds a socket, ${socket}, which a script could connect to.`,
            next: 'Mount a folder without it.',
          });
        if (mount.type === 'copy') copies.push(await copy(mount, source, options, notes));
      }
      return {
        mounts: options.mounts.map((mount) => ({
          ...mount,
          source: mount.type === 'volume' ? volumeName(mount.source) : (held.get(mount)?.path ?? mount.source),
        })),
        expected: [...held]
          .filter(([{ type }]) => type === 'bind')
          .map(([{ target }, { path, device, inode }]) => ({ target, source: path, device, inode })),
        copies,
        notes,
        dispose,
      };
    } catch (failure) {
      await dispose();
      throw failure;
    }
  }

  async #holdAll(mounts: readonly SandboxMount[], folder: string | undefined): Promise<Map<SandboxMount, Held>> {
    const found = new Map<SandboxMount, Held>();
    const wanted = mounts.filter(({ type }) => type === 'bind' || type === 'copy');
    if (wanted.length === 0) return found;
    const [out, allowed] = await Promise.all([kept(this.#deps), this.#allowed()]);
    try {
      for (const mount of wanted) {
        const source = await holdSource(mount, folder);
        found.set(mount, source);
        await check(mount, source, allowed, out);
      }
      return found;
    } catch (failure) {
      await Promise.all([...found.values()].map(({ handle }) => handle.close().catch(() => {})));
      throw failure;
    }
  }

  async #allowed(): Promise<string[]> {
    const paths: string[] = [];
    for (const entry of this.#deps.allowed()) {
      const path = entry === '~' || entry.startsWith('~/') ? join(homedir(), entry.slice(1)) : entry;
      if (!isAbsolute(path)) continue;
      const place = await hold(path).catch(() => null);
      await place?.handle.close();
      if (place?.kind === 'folder') paths.push(place.path);
    }
    return paths;
  }
}

async function holdSource({ source }: SandboxMount, folder: string | undefined): Promise<Held> {
  const message = `\`${source.slice(0, 200)}\` cannot be mounted.`;
  if (!isAbsolute(source) && folder === undefined)
    throw refused({
      message,
      why: 'It is relative, and this script was not read from a folder.',
      next: 'Write the whole path, from `/` on.',
    });
  try {
    return await hold(resolve(folder ?? '/', source));
  } catch (failure) {
    const code = (failure as NodeJS.ErrnoException).code;
    const why =
      code === 'ENOENT'
        ? 'There is no such folder.'
        : code === 'EACCES'
          ? 'Bellglass may not open it.'
          : code === 'ELOOP'
            ? 'Its links lead round in a circle.'
            : `The system says ${code ?? String(failure)}.`;
    throw refused({ message, why, next: 'Give a folder that is there.' });
  }
}

async function check(
  { type, readOnly }: SandboxMount,
  source: Held,
  allowed: readonly string[],
  out: Protected,
): Promise<void> {
  const message = `\`${source.path.slice(0, 200)}\` cannot be mounted.`;
  if (source.kind === 'other')
    throw refused({ message, why: 'It is neither a folder nor a file.', next: 'Give a folder.' });
  const problem = placeProblem(source.path, allowed, out, STYLE);
  if (problem !== null) throw refused(problem);
  for (const { path, what } of [...out.holders, ...out.trees]) {
    const own = await stat(path, { bigint: true }).catch(() => null);
    // The same folder under another name: mounted twice on this machine.
    if (own?.ino === source.inode && own.dev === source.device)
      throw refused({ message, why: `It is ${what} under another name.`, next: 'Give another folder.' });
  }
  const inner = await mountedBelow(source.path);
  if (inner !== null)
    throw refused({
      message,
      why: `Another file system is mounted in it, at ${inner}; being read-only would not reach that on every engine.`,
      next: 'Mount a folder without it.',
    });
  if (/[,:"\n]/.test(source.path))
    throw refused({
      message,
      why: 'Its path has a comma, colon, quote or line break, which engines take for separators.',
      next: 'Give the folder another name.',
    });
  if (type !== 'copy') return;
  if (source.kind === 'file')
    throw refused({
      message,
      why: 'This engine does not share our files, and only folders are copied in.',
      next: 'Mount the folder of the file.',
    });
  if (!readOnly)
    throw refused({
      message,
      why: 'This engine does not share our files: they are copied in, and nothing could be written back.',
      next: 'Mount it read-only, or use an engine on this machine.',
    });
}

async function copy(
  mount: SandboxMount,
  source: Held,
  options: SandboxOptions,
  notes: string[],
): Promise<{ target: string; entries: readonly Entry[] }> {
  try {
    const { entries, leftOut } = await readFolder(source, mount.target, {
      bytes: mount.bytes,
      entries: options.scratchInodes - 1,
      blocked: options.blockedPaths,
    });
    const files = entries.filter(({ type }) => type === 'file').length;
    notes.push(
      `${source.path} was copied to ${mount.target}, read-only: ${files} ${files === 1 ? 'file' : 'files'}${leftOut === 0 ? '' : `, ${leftOut} left out`}. The engine does not share our files.`,
    );
    return { target: mount.target, entries };
  } catch (failure) {
    if (!(failure instanceof TooLarge)) throw failure;
    throw refused({
      message: `\`${source.path.slice(0, 200)}\` does not fit into the sandbox.`,
      why: `The engine does not share our files, so it has to be copied into ${formatBytes(mount.bytes)} of the scratch, but ${failure.message}.`,
      next: 'Raise `resources.scratch` and memory with it, or mount a smaller folder.',
    });
  }
}
