/** The chain of the audit: each record holds the hash of the one before (AUD-1). Pure: the hash is given. */
import { canonical, readLine, type ReadLine } from './line.ts';
import type { AuditRecord } from './record.ts';

/** SHA-256 of a text's UTF-8, as 64 hexadecimal digits. */
export type Sha256 = (text: string) => string;

/** Before the first record. */
export const GENESIS = '0'.repeat(64);

/** The last record that was written, kept apart from the file: without it a chain that was computed anew would look whole. */
export interface Anchor {
  readonly seq: number;
  readonly hash: string;
}

export interface Verdict {
  readonly ok: boolean;
  /** Records that were read and are whole, up to the first that is not. */
  readonly records: number;
  /** Null when all is well. `seq` is the record's number where it should have been. */
  readonly firstBroken: { readonly seq: number; readonly why: string } | null;
  /** The end of the file is a record that was never finished: what a crash leaves, and no record. */
  readonly unfinished: boolean;
}

/** The record that comes after `previous`. */
export function chain(
  record: Omit<AuditRecord, 'seq' | 'previous' | 'hash'>,
  after: Anchor,
  sha256: Sha256,
): AuditRecord {
  const whole = { ...record, seq: after.seq + 1, previous: after.hash };
  return { ...whole, hash: sha256(canonical(whole)) };
}

/** Why the line does not continue the chain, or null. */
function wrong(line: ReadLine, before: Anchor, sha256: Sha256): string | null {
  if (line.hashed === null || sha256(line.hashed) !== line.hash)
    return 'The record was edited: its content does not fit its hash.';
  if (line.seq > before.seq + 1)
    return `Number ${before.seq + 1} is missing or stands elsewhere: after ${before.seq} comes ${line.seq}.`;
  if (line.seq <= before.seq)
    return `Number ${line.seq} stands at the wrong place or twice: it comes after ${before.seq}.`;
  if (line.previous !== before.hash) return 'The record does not follow the one before: that one was replaced.';
  return null;
}

/** Checks lines one after the other, so that a long audit needs little memory. */
export class Verifier {
  readonly #sha256: Sha256;
  readonly #anchor: Anchor | null;
  #last: Anchor;
  #broken: Verdict['firstBroken'] = null;

  /** `anchor` null: nothing was ever written as far as is known. `after` is the record before the first line. */
  constructor(sha256: Sha256, anchor: Anchor | null, after: Anchor = { seq: 0, hash: GENESIS }) {
    this.#sha256 = sha256;
    this.#anchor = anchor;
    this.#last = after;
  }

  /** The last whole record. */
  get last(): Anchor {
    return this.#last;
  }

  /** One line without its end; null for bytes that are no text. False once something is broken. */
  line(line: string | null): boolean {
    if (this.#broken !== null) return false;
    const found = line === null ? null : readLine(line);
    if (found === null) return this.#fail(this.#last.seq + 1, 'This line is not a record.');
    const why = wrong(found, this.#last, this.#sha256);
    if (why !== null) return this.#fail(this.#last.seq + 1, why);
    if (found.seq === this.#anchor?.seq && found.hash !== this.#anchor.hash)
      return this.#fail(found.seq, 'The chain was computed anew: this record is not the one that was written.');
    this.#last = { seq: found.seq, hash: found.hash };
    return true;
  }

  /** `rest` is what stands after the last line's end; `copy`: nothing was kept of the last record, and none is missed. */
  end(rest: string, copy = false): Verdict {
    const { seq } = this.#last;
    const anchor = this.#anchor?.seq ?? 0;
    if (this.#broken === null && seq < anchor)
      this.#fail(seq + 1, `The end is missing: ${anchor} records were written, the file has ${seq}.`);
    if (!copy && this.#broken === null && this.#anchor === null && seq > 0)
      this.#fail(1, 'What was kept of the last record is gone, so a chain computed anew could not be told.');
    return { ok: this.#broken === null, records: seq, firstBroken: this.#broken, unfinished: rest !== '' };
  }

  #fail(seq: number, why: string): false {
    this.#broken = { seq, why };
    return false;
  }
}

/** Checks a whole text. */
export function verify(text: string, sha256: Sha256, anchor: Anchor | null): Verdict {
  const lines = text.split('\n');
  const rest = lines.pop() ?? '';
  const verifier = new Verifier(sha256, anchor);
  for (const line of lines) if (!verifier.line(line)) break;
  return verifier.end(rest);
}
