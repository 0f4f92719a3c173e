/** Reads the engine's framing of two streams on one connection: 8 bytes of head (stream, 0, 0, 0, length), then the bytes. */

const HEAD = 8;

export class FrameReader {
  readonly #emit: (stream: 1 | 2, chunk: Buffer) => void;
  readonly #head = Buffer.alloc(HEAD);
  #headFilled = 0;
  #left = 0;
  #stream: 1 | 2 = 1;

  /** `emit` gets pieces of frames as they arrive; nothing is held back until a frame is whole. */
  constructor(emit: (stream: 1 | 2, chunk: Buffer) => void) {
    this.#emit = emit;
  }

  /** True when bytes of a frame are still owed. */
  get midFrame(): boolean {
    return this.#left > 0 || this.#headFilled > 0;
  }

  /** Throws on a head that no engine sends. */
  add(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#left > 0) {
        const piece = chunk.subarray(at, at + this.#left);
        this.#left -= piece.length;
        at += piece.length;
        this.#emit(this.#stream, piece);
        continue;
      }
      const copied = chunk.copy(this.#head, this.#headFilled, at, at + HEAD - this.#headFilled);
      this.#headFilled += copied;
      at += copied;
      if (this.#headFilled === HEAD) this.#open();
    }
  }

  #open(): void {
    const kind = this.#head[0];
    this.#headFilled = 0;
    if (kind === undefined || kind > 3) throw new Error(`the engine sent a frame of unknown kind ${String(kind)}`);
    this.#stream = kind >= 2 ? 2 : 1;
    this.#left = this.#head.readUInt32BE(4);
  }
}
