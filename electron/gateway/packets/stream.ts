/**
 * One connection to a named host, segment by segment. What was looked at is what arrives: bytes that decide are written
 * over every segment that carries them, also when it is sent again, because a script can change what it has handed to
 * the kernel. What is not cleared is held here: in its place the byte before goes once more, and the host's
 * answer to that is told to the script as the receipt, so that it goes on and the rest of the header comes (NET-2).
 * Segments that lie wholly inside the body of a request need no look; how far such a range goes is said, and what is missed
 * there is not waited for. Pure.
 */
import { Conversation } from './conversation.ts';
import { SEEN, type SeenMark } from './marks.ts';
import type { BodyRange } from './messages.ts';
import { distance, type Change, type Segment } from './segment.ts';

export type Verdict =
  | { readonly kind: 'pass'; readonly mark: SeenMark; readonly change: Change | null }
  | { readonly kind: 'drop' }
  | { readonly kind: 'refuse'; readonly why: string };

/** A segment that was made longer must still fit through. */
const GROWN_MAX = 1380;
/** Of the objects themselves, bytes. */
const OWN_WEIGHT = 1024;
const STATUS = /^HTTP\/1\.\d (\d{3})/;
const STATUS_BYTES = 12;
const DROP: Verdict = { kind: 'drop' };

/** Of the ranges that need no look, bytes. */
export interface RangeSizes {
  /** The longest segment: one that begins so far before a body's end cannot reach beyond it. */
  readonly segment: number;
  /** A shorter range is not worth its while. */
  readonly least: number;
  /** Well below half of the circle of sequence numbers, where before and behind are one. */
  readonly most: number;
}
const RANGES: RangeSizes = { segment: 0xffff, least: 256 * 1024, most: 2 ** 30 };
const SEQUENCES = 2 ** 32;

/** Places in the conversation, the last one too. */
interface Range {
  readonly from: number;
  readonly to: number;
}

const CUT_OFF = 'The connection ended before it said for which host it is.';

export class Stream {
  readonly #talk: Conversation;
  /** Sequence number of the first byte. */
  readonly #first: number;
  readonly #sizes: RangeSizes;
  /** Bytes that the script believes to have arrived, and that may not have, by their place; `open` while they are held. */
  #debt: { from: number; to: number; open: boolean } | null = null;
  #answer: { at: number; bytes: Buffer } | null = null;
  #free = false;
  /** Of the body, where a segment need not be looked at. */
  #range: Range | null = null;

  /** `sequence` is that of the call. */
  constructor(name: string, port: number, sequence: number, sizes = RANGES) {
    this.#talk = new Conversation(name, port);
    this.#sizes = sizes;
    this.#first = (sequence + 1) >>> 0;
  }

  /** Bytes of the script that were looked at. */
  get seen(): number {
    return this.#talk.seen;
  }

  /** Bytes of memory that it takes. */
  get weight(): number {
    return OWN_WEIGHT + this.#talk.weight;
  }

  /**
   * Where segments may begin that need no look, as of the last verdict. The filter must know it before the verdict is given
   * when that is marked as a body, and must have forgotten every other range of this connection.
   */
  get range(): BodyRange | null {
    if (this.#range === null) return null;
    const { from, to } = this.#range;
    return { from: (this.#first + from) >>> 0, to: (this.#first + to) >>> 0 };
  }

  /** A segment of the script's; `large` ones are cut by the kernel afterwards. */
  script(segment: Segment, large: boolean): Verdict {
    const { payload, sequence, fin, rst } = segment;
    if (rst) return this.#pass(null);
    const talk = this.#talk;
    const start = this.#placeOf(sequence);
    const end = start + payload.length;
    if (payload.length > 0 && !this.#free) {
      if (segment.urgent) return { kind: 'refuse', why: 'It sent urgent data, which cannot be looked at.' };
      if (start > talk.seen && !this.#passes(start)) return DROP;
      if (start < talk.forgotten) return DROP;
      if (end > talk.seen) {
        const why = talk.add(payload.subarray(talk.seen - start));
        if (why !== null) return { kind: 'refuse', why };
        if (talk.asked && this.#answer === null) this.#answer = { at: segment.acknowledgement, bytes: Buffer.alloc(0) };
      }
    }
    if (fin && talk.cleared < talk.seen) return { kind: 'refuse', why: CUT_OFF };
    if (payload.length === 0 || this.#free) return this.#pass(null);
    this.#settleDebt();
    return this.#send(segment, start, end, large);
  }

  /** A segment of the host's, while both directions are looked at. */
  host(segment: Segment): Verdict {
    if (segment.rst) return this.#pass(null);
    const verdict = this.#hostSaid(segment);
    if (verdict) return verdict;
    const debt = this.#debt;
    if (debt === null || !segment.ack) return this.#pass(null);
    const got = this.#placeOf(segment.acknowledgement);
    if (got > debt.from) debt.from = Math.min(got, debt.to);
    if (debt.open)
      return this.#pass(got >= this.#talk.cleared ? { acknowledgement: (this.#first + debt.to) >>> 0 } : null);
    if (debt.from >= debt.to) this.#debt = null;
    return this.#pass(null);
  }

  /** Where in the conversation a sequence number stands, which go round and round: near what was seen last. */
  #placeOf(sequence: number): number {
    const { seen } = this.#talk;
    return seen + distance(sequence, (this.#first + seen) >>> 0);
  }

  /** What is held is told as received; one such stretch at a time, the script sends the next one again. */
  #settleDebt(): void {
    const { cleared, seen } = this.#talk;
    const held = cleared < seen;
    if (this.#debt !== null) {
      if (!held || cleared > this.#debt.to) this.#debt.open = false;
      else this.#debt.to = seen;
    } else if (held) this.#debt = { from: cleared, to: seen, open: true };
  }

  /** The answer to the wish for a WebSocket; null when this segment decides nothing. */
  #hostSaid({ payload, sequence }: Segment): Verdict | null {
    const answer = this.#answer;
    if (answer === null || payload.length === 0 || !this.#talk.asked) return null;
    const start = distance(sequence, answer.at);
    if (start > answer.bytes.length) return DROP;
    answer.bytes = Buffer.concat([answer.bytes, payload.subarray(answer.bytes.length - start)]).subarray(0, 64);
    if (answer.bytes.length < STATUS_BYTES) return null;
    const did = STATUS.exec(answer.bytes.toString('latin1'))?.[1] === '101';
    this.#talk.switched(did);
    this.#free = did;
    return null;
  }

  /** A gap inside the body where looking was not needed; any other closes when the segment before comes again. */
  #passes(start: number): boolean {
    const end = this.#talk.bodyEnd;
    if (this.#range === null || end === null || start >= end) return false;
    this.#talk.skip(start);
    return true;
  }

  /** A stretch of the body from here on; the last 64 KiB of it, where the next header may begin, are always looked at. */
  #rangeNow(): Range | null {
    const { bodyEnd, seen } = this.#talk;
    const { segment, least, most } = this.#sizes;
    if (bodyEnd === null || this.#debt !== null) return null;
    if (this.#range !== null && seen <= this.#range.to) return this.#range;
    const round = SEQUENCES - 1 - ((this.#first + seen) >>> 0);
    const to = Math.min(bodyEnd - segment, seen + most, seen + round);
    return to - seen < least ? null : { from: seen, to };
  }

  #mark(): SeenMark {
    this.#range = this.#rangeNow();
    if (this.#free) return SEEN.free;
    if (this.#debt !== null || this.#talk.asked) return SEEN.both;
    if (this.#range !== null) return SEEN.body;
    return this.#talk.named ? SEEN.named : SEEN.looking;
  }

  #pass(change: Change | null): Verdict {
    return { kind: 'pass', mark: this.#mark(), change };
  }

  #send(segment: Segment, start: number, end: number, large: boolean): Verdict {
    const talk = this.#talk;
    const from = this.#debt !== null && start > this.#debt.from && start <= this.#debt.to ? this.#debt.from : start;
    let to = Math.min(end, talk.cleared);
    if (to <= from) {
      if (!this.#debt?.open) return DROP;
      // Already there, so it changes nothing, but the host answers at once. Before the first byte there is the call itself.
      const sequence = (this.#first + talk.cleared - 1) >>> 0;
      return this.#pass({ sequence, payload: Buffer.from([talk.last]), withoutFin: true });
    }
    if (to - from > segment.payload.length && !large) to = Math.min(to, from + Math.max(GROWN_MAX, end - start));
    if (from === start && to === end && !this.#keeps(from, to)) return this.#pass(null);
    const bytes = Buffer.alloc(to - from);
    if (to > start) segment.payload.copy(bytes, Math.max(0, start - from), Math.max(0, from - start), to - start);
    this.#overlay(bytes, from);
    return this.#pass({ sequence: (this.#first + from) >>> 0, payload: bytes, withoutFin: to < end });
  }

  /** True when something between these places is kept. */
  #keeps(from: number, to: number): boolean {
    const { kept } = this.#talk;
    for (let i = kept.length - 1; i >= 0; i--) {
      const { at, bytes } = kept[i]!;
      if (at + bytes.length <= from) return false;
      if (at < to) return true;
    }
    return false;
  }

  /** Writes what is kept over it. */
  #overlay(bytes: Buffer, from: number): void {
    const to = from + bytes.length;
    const { kept } = this.#talk;
    for (let i = kept.length - 1; i >= 0; i--) {
      const part = kept[i]!;
      const stop = part.at + part.bytes.length;
      if (stop <= from) return;
      if (part.at < to)
        part.bytes.copy(bytes, Math.max(0, part.at - from), Math.max(0, from - part.at), Math.min(stop, to) - part.at);
    }
  }
}
