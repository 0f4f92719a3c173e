/** Writing to our streams: with back-pressure, quiet when the reader has gone. */
import { createTerminalFilter } from '#shared/lib/terminal-safe.ts';
import type { OutputStream } from './world.ts';

export class Output {
  readonly isTerminal: boolean;
  readonly #stream: OutputStream;
  readonly #gone = Promise.withResolvers<void>();
  #closed = false;

  constructor(stream: OutputStream) {
    this.#stream = stream;
    this.isTerminal = stream.isTTY === true;
    const gone = (): void => {
      this.#closed = true;
      this.#gone.resolve();
    };
    stream.on('error', gone);
    stream.on('close', gone);
  }

  get isGone(): boolean {
    return this.#closed;
  }

  /** Resolves when the reader has gone (`| head`); never rejects. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /** Resolves when the stream wants more, or when nobody reads any longer. */
  async write(text: string): Promise<void> {
    if (this.#closed || text === '') return;
    if (this.#stream.write(text)) return;
    const drained = Promise.withResolvers<void>();
    this.#stream.once('drain', drained.resolve);
    await Promise.race([drained.promise, this.#gone.promise]);
    this.#stream.off('drain', drained.resolve);
  }

  /** Resolves when everything was handed to the reader. */
  async flush(): Promise<void> {
    if (this.#closed) return;
    const flushed = new Promise<void>((resolve) => this.#stream.write('', () => resolve()));
    await Promise.race([flushed, this.#gone.promise]);
  }

  /** A writer for a script's bytes: neutralised when they would reach a terminal (RUN-5). */
  scriptWriter(): { write(text: string): Promise<void>; end(): Promise<void> } {
    if (!this.isTerminal) return { write: (text) => this.write(text), end: async () => undefined };
    const filter = createTerminalFilter();
    return { write: (text) => this.write(filter.write(text)), end: () => this.write(filter.end()) };
  }
}

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

/** One line that cannot move a cursor or pretend to be another line. */
export function oneLine(text: string): string {
  return text.replace(CONTROLS, ' ').trim();
}
