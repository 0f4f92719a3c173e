/** The other end of the warden's streams: commands in, reports out. */
import type { Streams } from '../engine/port.ts';

/** How the watched process ended, as the kernel told the warden. */
export interface ProcessExit {
  readonly pid: number;
  /** Exit code, or null when a signal ended it. */
  readonly code: number | null;
  /** Signal number, or null when it exited. */
  readonly signal: number | null;
}

/** One reading of the warden's own cgroup files: file name → text with `;` for line ends. */
export type WardenSample = Readonly<Record<string, string>>;

/** What somebody did to a decoy. */
export type CanaryAct = 'opened' | 'moved' | 'deleted';
const CANARY_ACTS: readonly string[] = ['opened', 'moved', 'deleted'] satisfies CanaryAct[];

export type WardenReport =
  | { readonly type: 'up' }
  | { readonly type: 'watching'; readonly pid: number }
  | { readonly type: 'unwatchable'; readonly pid: number; readonly why: string }
  | { readonly type: 'exit'; readonly exit: ProcessExit }
  | { readonly type: 'sample'; readonly files: WardenSample }
  /** Which inode a path of the container is; both null when it is not there. */
  | { readonly type: 'stat'; readonly path: string; readonly device: bigint | null; readonly inode: bigint | null }
  | { readonly type: 'guarded'; readonly path: string }
  | { readonly type: 'unguarded'; readonly path: string; readonly why: string }
  | { readonly type: 'canary'; readonly act: CanaryAct; readonly path: string }
  /** A line that the script put into its file of events, whatever it holds. */
  | { readonly type: 'event'; readonly text: string }
  | { readonly type: 'checked' }
  | { readonly type: 'bye'; readonly why: string };

/** A wait status as waitpid(2) packs it. */
export function parseWaitStatus(pid: number, status: number): ProcessExit {
  const signal = status & 0x7f;
  return signal === 0 ? { pid, code: (status >> 8) & 0xff, signal: null } : { pid, code: null, signal };
}

/** One line of the warden; null for anything that is not one of its reports. */
export function parseReport(line: string): WardenReport | null {
  const [verb = '', ...rest] = line.split(' ');
  const pid = Number(rest[0]);
  switch (verb) {
    case 'up':
      return { type: 'up' };
    case 'watching':
      return Number.isInteger(pid) ? { type: 'watching', pid } : null;
    case 'unwatchable':
      return Number.isInteger(pid) ? { type: 'unwatchable', pid, why: rest.slice(1).join(' ') } : null;
    case 'exit': {
      const status = Number(rest[1]);
      return Number.isInteger(pid) && Number.isInteger(status)
        ? { type: 'exit', exit: parseWaitStatus(pid, status) }
        : null;
    }
    case 'sample': {
      const files: Record<string, string> = {};
      for (const part of line.slice('sample '.length).split('\t')) {
        const at = part.indexOf('=');
        if (at > 0) files[part.slice(0, at)] = part.slice(at + 1);
      }
      return { type: 'sample', files };
    }
    case 'stat': {
      const number = (word = ''): bigint | null => (/^\d{1,20}$/.test(word) ? BigInt(word) : null);
      return { type: 'stat', path: rest.slice(2).join(' '), device: number(rest[0]), inode: number(rest[1]) };
    }
    case 'guarded':
      return { type: 'guarded', path: rest.join(' ') };
    case 'unguarded':
      return { type: 'unguarded', path: rest[0] ?? '', why: rest.slice(1).join(' ') };
    case 'canary': {
      const [act = '', ...path] = rest;
      return CANARY_ACTS.includes(act) ? { type: 'canary', act: act as CanaryAct, path: path.join(' ') } : null;
    }
    case 'event':
      return { type: 'event', text: Buffer.from(line.slice('event '.length), 'latin1').toString('utf8') };
    case 'checked':
      return { type: 'checked' };
    case 'bye':
      return { type: 'bye', why: rest.join(' ') };
    default:
      return null;
  }
}

/** Longest line the warden may write, characters; a longer one is cut (its own samples stay far below). */
const LINE_LIMIT = 64 * 1024;

/** Reads reports and sends commands until the container ends. */
export class WardenLink {
  readonly #streams: Streams;
  readonly #listeners = new Set<(report: WardenReport) => void>();
  #rest = '';

  constructor(streams: Streams) {
    this.#streams = streams;
    streams.stdout.setEncoding('latin1');
    streams.stdout.on('data', (text: string) => this.#take(text));
    streams.stderr.resume();
    for (const stream of [streams.stdin, streams.stdout, streams.stderr]) stream.on('error', () => {});
    streams.done.catch(() => {});
  }

  onReport(listener: (report: WardenReport) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves with the first report that the filter accepts; rejects after the time limit. */
  waitFor<T extends WardenReport['type']>(type: T, timeoutMs: number): Promise<Extract<WardenReport, { type: T }>> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`the warden did not say "${type}" within ${timeoutMs} ms`));
      }, timeoutMs);
      const stop = this.onReport((report) => {
        if (report.type !== type) return;
        clearTimeout(timer);
        stop();
        resolve(report as Extract<WardenReport, { type: T }>);
      });
    });
  }

  /** Ends the whole sandbox after this many seconds unless told otherwise; 0 takes the deadline away. */
  deadline(seconds: number): void {
    this.#send(`deadline ${Math.ceil(seconds)}`);
  }

  /** Asks how this process (by its pid inside the sandbox) will end. */
  watch(pid: number): void {
    this.#send(`watch ${pid}`);
  }

  /** Asks for a reading of the cgroup files every so many milliseconds; 0 stops. */
  sample(everyMs: number): void {
    this.#send(`sample ${everyMs}`);
  }

  /** Asks which inode this path of the container is; the answer is a `stat` report. */
  stat(path: string): void {
    this.#send(`stat ${path}`);
  }

  /** Asks to be told when somebody touches this file; it must be readable for the warden at that moment. */
  guard(path: string): void {
    this.#send(`canary ${path}`);
  }

  /** Asks to be told what is appended to this file, line by line, as far as it is a plain file. */
  events(path: string): void {
    this.#send(`events ${path}`);
  }

  /** Resolves when everything that was touched until now has been told, or after the time limit, which is no error: a sandbox may be gone. */
  async check(timeoutMs: number): Promise<void> {
    const answer = this.waitFor('checked', timeoutMs).catch(() => {});
    this.#send('check');
    await Promise.race([answer, this.#streams.done.catch(() => {})]);
  }

  /** Settles when the container has ended, or the connection to it. */
  get done(): Promise<void> {
    return this.#streams.done;
  }

  destroy(): void {
    this.#streams.destroy();
  }

  #send(line: string): void {
    if (this.#streams.stdin.writable) this.#streams.stdin.write(`${line}\n`);
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = (lines.pop() ?? '').slice(-LINE_LIMIT);
    for (const line of lines) {
      const report = parseReport(line);
      if (report) for (const listener of this.#listeners) listener(report);
    }
  }
}
