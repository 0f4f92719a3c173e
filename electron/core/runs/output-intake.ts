/** From the script's two byte streams to the spool: decoded, cut into records, held to the policy's output size. */
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { OutputSpool } from './output-spool.ts';

/** After a piece was written, what arrives within this time becomes one record, ms: one frame of a screen. */
const GATHER_MS = 16;
/** Bytes of one gathered piece. */
const GATHER_BYTES = 64 * 1024;
/** Bytes waiting for the disk before the script is made to wait. */
const PENDING_LIMIT = 1024 * 1024;

export interface IntakeOptions {
  readonly spool: OutputSpool;
  /** Bytes to keep. */
  readonly limit: number;
  readonly now: () => number;
  readonly onFirstByte: () => void;
  /** Something new can be read, or the totals changed. */
  readonly onChange: () => void;
}

export class OutputIntake {
  readonly #options: IntakeOptions;
  readonly #gathered: { stream: 'stdout' | 'stderr'; text: string }[] = [];
  #gatheredBytes = 0;
  #timer: NodeJS.Timeout | null = null;
  /** Something came since the last piece was written. */
  #news = false;
  #seen = 0;
  #kept = 0;
  #lines = 0;
  #draining = false;
  #writes: Promise<void> = Promise.resolve();

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** Bytes that the script wrote. */
  get seen(): number {
    return this.#seen;
  }

  /** Bytes of them that were kept. */
  get kept(): number {
    return this.#kept - this.#options.spool.lost;
  }

  get dropped(): number {
    return this.#seen - this.kept;
  }

  /** What the disk said when it refused some of it, else empty. */
  get refused(): string {
    return this.#options.spool.failure?.message ?? '';
  }

  get lines(): number {
    return this.#lines;
  }

  /** From now on everything is read and thrown away: what must happen before a kill, or the engine hangs on its full pipe. */
  drain(): void {
    this.#draining = true;
  }

  /** Takes one stream; resolves at its end. A slow disk slows the script down, not this process' memory. */
  take(stream: 'stdout' | 'stderr', source: Readable): Promise<void> {
    const decoder = new StringDecoder('utf8');
    return new Promise((resolve) => {
      source.on('data', (chunk: Buffer) => {
        this.#accept(stream, chunk, decoder);
        if (this.#options.spool.pending > PENDING_LIMIT && !this.#draining) {
          source.pause();
          void this.#writes.then(() => source.resume());
        }
      });
      const end = (): void => {
        const rest = decoder.end();
        if (rest !== '' && this.#kept < this.#options.limit) this.#gather(stream, rest);
        resolve();
      };
      source.once('end', end);
      source.once('close', end);
      source.once('error', end);
      // A terminal has one stream; the other one was over before anybody listened.
      if (source.readableEnded || source.destroyed) end();
      else source.resume();
    });
  }

  /** Everything accepted so far is in the spool. */
  async flush(): Promise<void> {
    this.#write();
    await this.#writes;
  }

  #accept(stream: 'stdout' | 'stderr', chunk: Buffer, decoder: StringDecoder): void {
    if (this.#seen === 0) this.#options.onFirstByte();
    this.#seen += chunk.length;
    const room = this.#draining ? 0 : this.#options.limit - this.#kept;
    if (room <= 0) {
      this.#schedule();
      return;
    }
    const part = chunk.length > room ? chunk.subarray(0, room) : chunk;
    this.#kept += part.length;
    for (let at = part.indexOf(10); at >= 0; at = part.indexOf(10, at + 1)) this.#lines++;
    const text = decoder.write(part);
    if (text !== '') this.#gather(stream, text);
  }

  #gather(stream: 'stdout' | 'stderr', text: string): void {
    const last = this.#gathered.at(-1);
    if (last?.stream === stream) last.text += text;
    else this.#gathered.push({ stream, text });
    this.#gatheredBytes += text.length;
    if (this.#gatheredBytes >= GATHER_BYTES) this.#write();
    else this.#schedule();
  }

  /** The first piece goes at once: a script that says one line is not kept waiting for a second one. */
  #schedule(): void {
    this.#news = true;
    if (this.#timer === null) this.#write();
  }

  #write(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (this.#news) this.#write();
    }, GATHER_MS).unref();
    this.#news = false;
    const at = this.#options.now();
    for (const piece of this.#gathered.splice(0))
      this.#writes = this.#options.spool.append(piece.stream, at, piece.text);
    this.#gatheredBytes = 0;
    void this.#writes.then(this.#options.onChange);
  }
}
