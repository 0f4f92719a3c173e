/**
 * Reads what a collector sends, trusting nothing of it: names, kinds, sizes and counts are judged here again. Only plain
 * files and folders land; everything else is named with a reason. It always ends: by the stream's end, a limit, or time.
 */
import type { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { LEFT_REASONS, TAKEN_LIMITS, type LeftReason, type RunData, type TakenFile } from '#shared/domain/exchange.ts';
import { folded, landing } from '#shared/exchange/names.ts';
import { showShort } from '#shared/script/display.ts';
import type { Landing } from './run-files.ts';

export type Taken = Pick<RunData, 'files' | 'bytes' | 'left' | 'leftMore'> & {
  /** Events that the helper only counted. */
  lost: number;
  /** The collector came to its end. */
  whole: boolean;
  /** The folder was not there. */
  absent: boolean;
};

export interface TarLimits {
  /** Bytes of all files together. */
  readonly total: number;
  readonly entries: number;
}

/** Characters of a name that is only shown. */
const SHOWN = 300;
/** Headers of left things and of the stream's own; beyond that nobody honest sends more. */
const MOST_HEADERS = TAKEN_LIMITS.looked * 2 + 100;

const isReason = (text: string): text is LeftReason => (LEFT_REASONS as readonly string[]).includes(text);

class DiskFailure extends Error {}

class Intake {
  readonly taken: Taken = {
    files: [],
    bytes: 0,
    left: [],
    leftMore: 0,
    lost: 0,
    whole: false,
    absent: false,
  };
  readonly #limits: TarLimits;
  readonly #landing: Landing;
  readonly #places = new Map<string, TakenFile['type']>();
  #headers = 0;

  constructor(limits: TarLimits, target: Landing) {
    this.#limits = limits;
    this.#landing = target;
  }

  leave(path: string, reason: LeftReason): void {
    if (this.taken.left.length < TAKEN_LIMITS.left)
      this.taken.left.push({ path: showShort(path.replace(/\/$/, ''), SHOWN), reason });
    else this.taken.leftMore++;
  }

  /** Takes one entry in, or leaves it; its content is read to the end either way. Throws when the stream is no use any more. */
  async entry(header: Header, content: AsyncIterable<Uint8Array>): Promise<void> {
    if (++this.#headers > MOST_HEADERS) throw new Error('more names than anybody may look at');
    const told = header.pax?.['BELLGLASS.left'];
    if (told !== undefined) this.#told(header.name, told);
    else if (header.type === 'file' || header.type === 'contiguous-file') return await this.#file(header, content);
    else if (header.type === 'directory') this.#folder(header.name);
    else this.leave(header.name, KINDS[header.type ?? ''] ?? 'special');
    if (header.size !== 0) throw new Error('a header without content announces some');
    for await (const piece of content) void piece;
  }

  #told(path: string, told: string): void {
    const lost = /^lost (\d{1,9})$/.exec(told)?.[1];
    if (told === 'end') this.taken.whole = true;
    else if (told === 'absent') this.taken.absent = true;
    else if (lost !== undefined) this.taken.lost = Number(lost);
    else this.leave(path, isReason(told) ? told : 'stream');
  }

  /** The path when it may land there, with its folders; null when it was left. */
  #place(path: string, type: TakenFile['type']): string | null {
    const judged = landing(path);
    const refused = (reason: LeftReason): null => {
      this.leave(path, reason);
      return null;
    };
    if ('reason' in judged) return refused(judged.reason);
    const { names } = judged;
    const whole = names.join('/');
    const missing: string[] = [];
    for (let depth = 1; depth < names.length; depth++) {
      const above = names.slice(0, depth).join('/');
      const there = this.#places.get(folded(above));
      if (there === 'file') return refused('case');
      if (there === undefined) missing.push(above);
      else if (!this.taken.files.some((file) => file.path === above)) return refused('case');
    }
    if (this.#places.has(folded(whole))) return refused('case');
    if (this.taken.files.length + missing.length >= this.#limits.entries) return refused('count');
    for (const above of missing) this.#add(above, 'folder', 0, false);
    if (type === 'folder') this.#add(whole, 'folder', 0, false);
    return whole;
  }

  #add(path: string, type: TakenFile['type'], size: number, executable: boolean): void {
    this.#places.set(folded(path), type);
    this.taken.files.push({ path, type, size, executable });
  }

  #folder(path: string): void {
    this.#place(path, 'folder');
  }

  async #file(header: Header, content: AsyncIterable<Uint8Array>): Promise<void> {
    const { size } = header;
    if (!Number.isSafeInteger(size) || size < 0 || size > this.#limits.total) {
      this.leave(header.name, 'size');
      throw new Error('a file is larger than everything that may come out');
    }
    const path = this.taken.bytes + size > this.#limits.total ? null : this.#place(header.name, 'file');
    if (path === null) {
      if (this.taken.bytes + size > this.#limits.total) this.leave(header.name, 'total');
      for await (const piece of content) void piece;
      return;
    }
    const file = await this.#landing.file().catch((failure: unknown) => {
      this.leave(header.name, 'disk');
      throw new DiskFailure(String(failure));
    });
    let read = 0;
    try {
      for await (const piece of content) {
        read += piece.length;
        await file.write(piece).catch((failure: unknown) => {
          this.leave(header.name, 'disk');
          throw new DiskFailure(String(failure));
        });
      }
      if (read !== size) throw new Error('a file ended early');
      await file.keep();
    } catch (failure) {
      await file.drop();
      throw failure;
    }
    this.taken.bytes += size;
    this.#add(path, 'file', size, (header.mode & 0o100) !== 0);
  }
}

const KINDS: Readonly<Record<string, LeftReason>> = { symlink: 'symlink', link: 'hardlink' };

interface Header {
  readonly name: string;
  readonly type?: string | null | undefined;
  readonly size: number;
  readonly mode: number;
  readonly pax?: Record<string, string> | null | undefined;
}

/**
 * Takes in a tar; never rejects. `problem` says why it is not whole.
 * @param signal ends it where it is; what landed before stays.
 */
export async function readTar(
  source: Readable,
  limits: TarLimits,
  target: Landing,
  signal: AbortSignal,
): Promise<Taken & { readonly problem: string | null }> {
  const intake = new Intake(limits, target);
  const tar = extract();
  const { promise: over, reject } = Promise.withResolvers<never>();
  over.catch(() => {});
  const stop = (): void => {
    reject(new Error('the time was over'));
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  tar.on('error', () => {});
  source.on('error', (failure) => tar.destroy(failure));
  source.on('close', () => void tar.end(null));
  source.pipe(tar);
  let problem: string | null = null;
  const all = async (): Promise<void> => {
    for await (const entry of tar) await intake.entry(entry.header as Header, entry as AsyncIterable<Uint8Array>);
  };
  try {
    await Promise.race([all(), over]);
    if (!intake.taken.whole && !intake.taken.absent) problem = 'It ended before all was taken out.';
  } catch (failure) {
    problem = signal.aborted
      ? `Taking them out took longer than ${TAKEN_LIMITS.time / 1000} s.`
      : failure instanceof DiskFailure
        ? 'The disk of this computer refused to take more.'
        : 'What came out of the sandbox made no sense from some point on.';
  } finally {
    signal.removeEventListener('abort', stop);
    source.unpipe(tar);
    source.destroy();
    tar.destroy(new Error('it is over'));
  }
  return { ...intake.taken, problem };
}
