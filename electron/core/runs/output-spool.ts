/** The kept output of one run: an append-only file of records, read by any number of viewers at their own pace (RUN-5). */
import { close, fstatSync, ftruncate, mkdirSync, openSync, read, write } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

const closeFile = promisify(close);
const cutFile = promisify(ftruncate);
const readFile = promisify(read);
const writeFile = promisify(write);

/** One record: which stream, when it arrived (epoch ms), its text in UTF-8. */
export interface OutputRecord {
  readonly stream: 'stdout' | 'stderr';
  readonly at: number;
  readonly text: string;
  /** Offset in the file just behind this record: where the next one begins. */
  readonly end: number;
}

/** Header: stream (1 byte), time (6 bytes), length (4 bytes). */
const HEADER = 11;

/** Largest text of one record, bytes; longer pieces become several. */
export const RECORD_LIMIT = 64 * 1024;

function encode(stream: 'stdout' | 'stderr', at: number, text: Buffer): Buffer {
  const record = Buffer.allocUnsafe(HEADER + text.length);
  record.writeUInt8(stream === 'stdout' ? 1 : 2, 0);
  record.writeUIntBE(at, 1, 6);
  record.writeUInt32BE(text.length, 7);
  text.copy(record, HEADER);
  return record;
}

/** Opens for appending; makes the folder when it is not there. */
function openIn(path: string): number {
  try {
    return openSync(path, 'a+', 0o600);
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code !== 'ENOENT') throw failure;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return openSync(path, 'a+', 0o600);
  }
}

async function appendAll(file: number, block: Buffer): Promise<void> {
  for (let at = 0; at < block.length;) at += (await writeFile(file, block, at, block.length - at, null)).bytesWritten;
}

/** Writes records in order and reads them back from any record border. */
export class OutputSpool {
  readonly #file: number;
  #size: number;
  #writing: Promise<void> = Promise.resolve();
  #pending = 0;
  #failure: Error | null = null;
  #lost = 0;

  private constructor(file: number, size: number) {
    this.#file = file;
    this.#size = size;
  }

  /** Opens or makes the file; an interrupted last record of an earlier process is cut off when it is read. */
  static async open(path: string): Promise<OutputSpool> {
    // At once: through the thread pool it took a millisecond, which a click on Run would wait for.
    const file = openIn(path);
    return new OutputSpool(file, fstatSync(file).size);
  }

  /** Bytes that can be read. */
  get size(): number {
    return this.#size;
  }

  /** Bytes that were handed in and are not on disk yet. */
  get pending(): number {
    return this.#pending;
  }

  /** Bytes of text that the disk refused. */
  get lost(): number {
    return this.#lost;
  }

  /** The first write error (a full disk), if any; later records are not written. */
  get failure(): Error | null {
    return this.#failure;
  }

  /** Appends; resolves when readable. */
  append(stream: 'stdout' | 'stderr', at: number, text: string): Promise<void> {
    const bytes = Buffer.from(text, 'utf8');
    const records: Buffer[] = [];
    for (let from = 0; from < bytes.length;) {
      let to = Math.min(from + RECORD_LIMIT, bytes.length);
      while (to < bytes.length && to > from && (bytes[to]! & 0xc0) === 0x80) to--;
      records.push(encode(stream, at, bytes.subarray(from, to)));
      from = to;
    }
    const block = Buffer.concat(records);
    this.#pending += block.length;
    this.#writing = this.#writing.then(async () => {
      if (!this.#failure) {
        try {
          await appendAll(this.#file, block);
          this.#size += block.length;
        } catch (failure) {
          this.#failure = failure as Error;
          // A part of a record would stand at the end for ever.
          await cutFile(this.#file, this.#size).catch(() => {});
        }
      }
      if (this.#failure) this.#lost += bytes.length;
      this.#pending -= block.length;
    });
    return this.#writing;
  }

  /**
   * Whole records from `from` on, at least one if there is one, at most about `limit` bytes. Empty at the end.
   * A reader with a handle of its own says how far the writer has come in `size`.
   */
  async read(from: number, limit: number, size = this.#size): Promise<OutputRecord[]> {
    const buffer = Buffer.allocUnsafe(Math.min(Math.max(limit, HEADER + RECORD_LIMIT), Math.max(0, size - from)));
    if (buffer.length < HEADER) return [];
    const { bytesRead } = await readFile(this.#file, buffer, 0, buffer.length, from);
    const records: OutputRecord[] = [];
    for (let at = 0; at + HEADER <= bytesRead;) {
      const length = buffer.readUInt32BE(at + 7);
      const end = at + HEADER + length;
      if (length > RECORD_LIMIT || end > bytesRead) break;
      records.push({
        stream: buffer.readUInt8(at) === 1 ? 'stdout' : 'stderr',
        at: buffer.readUIntBE(at + 1, 6),
        text: buffer.toString('utf8', at + HEADER, end),
        end: from + end,
      });
      at = end;
    }
    return records;
  }

  async close(): Promise<void> {
    await this.#writing;
    await closeFile(this.#file);
  }
}
