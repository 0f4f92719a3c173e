/**
 * Moves output from the wire to the terminal: acknowledges only what was drawn, so that a terminal that is slow or
 * held makes the sender wait (RUN-5). Knows nothing of the DOM.
 */
import type { OutputChunk, OutputMessage } from '#shared/contract/runs.ts';
import { showBytes } from '#shared/lib/units.ts';

export interface Sink {
  /** Draws a chunk; calls back when it is on the screen's way. */
  write(chunk: OutputChunk, done: () => void): void;
  /** Shows a line of ours among the output. */
  notice(text: string): void;
  /** Everything was drawn: colours and modes that the script left on are put back. */
  end(): void;
}

export interface PumpCounts {
  /** Lines drawn or waiting. */
  readonly lines: number;
  /** Bytes of the kept output that have arrived. */
  readonly arrived: number;
  /** Bytes that have arrived and are held back. */
  readonly waiting: number;
  /** The sender has reached what may be unacknowledged: more waits in Bellglass. */
  readonly full: boolean;
  /** Bytes that were not kept. */
  readonly dropped: number;
  readonly ended: boolean;
  readonly held: boolean;
}

/** Bytes that the core sends without an acknowledgement. */
export const WINDOW = 256 * 1024;
/** Bytes given to the terminal at once; small enough that a frame fits between two. */
const IN_FLIGHT = 32 * 1024;
/** Bytes drawn per slice: a flood is drawn in fewer, fuller frames, so that the page stays quick. */
const SLICE = 64 * 1024;
export const SLICE_MS = 40;

const END = Symbol('end');

export class Pump {
  readonly #sink: Sink;
  readonly #acknowledge: (viewer: string, seq: number) => Promise<unknown>;
  readonly #changed: () => void;
  readonly #later: (resume: () => void) => void;
  readonly #queue: (OutputChunk | string | typeof END)[] = [];
  #viewer = '';
  #arrived = 0;
  #drawn = 0;
  #flying = 0;
  #spent = 0;
  #acknowledged = 0;
  #acknowledging = false;
  #lines = 0;
  #openLine = false;
  /** Why the output before was left out, when nothing came since. */
  #lastGap = '';
  #dropped = 0;
  #ended = false;
  #held = false;

  /** `later` calls back after {@link SLICE_MS}. */
  constructor(
    sink: Sink,
    acknowledge: (viewer: string, seq: number) => Promise<unknown>,
    changed: () => void = () => {},
    later: (resume: () => void) => void = (resume) => void setTimeout(resume, SLICE_MS),
  ) {
    this.#sink = sink;
    this.#acknowledge = acknowledge;
    this.#changed = changed;
    this.#later = later;
  }

  /** Byte offset from which to open the stream (again). */
  get from(): number {
    return this.#arrived;
  }

  get counts(): PumpCounts {
    const waiting = this.#arrived - this.#drawn;
    return {
      lines: this.#lines + (this.#openLine ? 1 : 0),
      arrived: this.#arrived,
      waiting,
      full: this.#held && waiting >= WINDOW * 0.75,
      dropped: this.#dropped,
      ended: this.#ended,
      held: this.#held,
    };
  }

  receive(message: OutputMessage): void {
    switch (message.type) {
      case 'open':
        this.#viewer = message.viewer;
        this.#acknowledged = message.from;
        break;
      case 'chunk':
        if (message.chunk.seq <= this.#arrived) return;
        this.#arrived = message.chunk.seq;
        this.#lastGap = '';
        this.#count(message.chunk.text);
        this.#queue.push(message.chunk);
        break;
      case 'gap':
        this.#queue.push(this.#gapWords(message.bytes, message.why));
        break;
      case 'end':
        this.#dropped = message.dropped;
        this.#ended = true;
        this.#queue.push(END);
        break;
    }
    this.#flow();
    this.#changed();
  }

  /** Holds the picture still: nothing is drawn or acknowledged until {@link release}. */
  hold(): void {
    this.#held = true;
    this.#changed();
  }

  release(): void {
    this.#held = false;
    this.#flow();
    this.#changed();
  }

  #gapWords(bytes: number, why: string): string {
    const again = this.#lastGap === why;
    this.#lastGap = why;
    return again ? `${showBytes(bytes)} more, for the same reason` : `${showBytes(bytes)} are not shown: ${why}`;
  }

  #count(text: string): void {
    let from = 0;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
      this.#lines += 1;
      from = at + 1;
    }
    if (text !== '') this.#openLine = from < text.length;
  }

  readonly #nextSlice = (): void => {
    this.#spent = 0;
    this.#flow();
  };

  #flow(): void {
    while (!this.#held && this.#flying < IN_FLIGHT && this.#spent < SLICE) {
      const next = this.#queue.shift();
      if (next === undefined) return;
      if (next === END) {
        this.#sink.end();
        continue;
      }
      if (typeof next === 'string') {
        this.#sink.notice(next);
        continue;
      }
      const size = next.text.length;
      this.#flying += size;
      if (this.#spent === 0) this.#later(this.#nextSlice);
      this.#spent += Math.max(1, size);
      this.#sink.write(next, () => {
        this.#flying -= size;
        this.#drawn = Math.max(this.#drawn, next.seq);
        this.#sayDrawn();
        this.#flow();
        this.#changed();
      });
    }
  }

  /** One acknowledgement at a time, always of the newest; a lost one is made good by the next. */
  #sayDrawn(): void {
    if (this.#acknowledging || this.#drawn <= this.#acknowledged || this.#viewer === '') return;
    const seq = this.#drawn;
    const viewer = this.#viewer;
    this.#acknowledging = true;
    this.#acknowledge(viewer, seq)
      .then(
        () => {
          if (viewer === this.#viewer) this.#acknowledged = Math.max(this.#acknowledged, seq);
          return true;
        },
        () => false,
      )
      .then((told) => {
        this.#acknowledging = false;
        if (told) this.#sayDrawn();
      })
      .catch(() => {});
  }
}
