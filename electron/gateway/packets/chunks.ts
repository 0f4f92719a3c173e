/** Finds the end of a chunked request, byte by byte and strictly. Pure. */
const SIZE_LINE_MAX = 256;
const TRAILER_MAX = 8192;

export class Chunks {
  #state: 'size' | 'data' | 'break' | 'trailer' = 'size';
  #line = '';
  #left = 0;
  #trailer = 0;

  /**
   * Bytes from `at` on that still belong to the request, and whether it is over. `framing` is told of ranges that say how
   * long it is. Null when it cannot be read.
   */
  take(bytes: Buffer, at: number, framing: (from: number, to: number) => void): { end: number; over: boolean } | null {
    let position = at;
    while (position < bytes.length) {
      if (this.#state === 'data') {
        const part = Math.min(this.#left, bytes.length - position);
        position += part;
        this.#left -= part;
        if (this.#left === 0) this.#state = 'break';
        continue;
      }
      const stop = bytes.indexOf(10, position);
      const end = stop < 0 ? bytes.length : stop + 1;
      framing(position, end);
      this.#line += bytes.toString('latin1', position, end);
      position = end;
      if (this.#line.length > SIZE_LINE_MAX && this.#state !== 'trailer') return null;
      if (this.#trailer + this.#line.length > TRAILER_MAX) return null;
      if (stop < 0) break;
      const over = this.#lineEnded();
      if (over === null) return null;
      if (over) return { end: position, over: true };
    }
    return { end: position, over: false };
  }

  #lineEnded(): boolean | null {
    const line = this.#line;
    this.#line = '';
    if (!line.endsWith('\r\n') || line.indexOf('\r') !== line.length - 2) return null;
    switch (this.#state) {
      case 'break':
        this.#state = 'size';
        return line === '\r\n' ? false : null;
      case 'trailer':
        this.#trailer += line.length;
        return line === '\r\n';
      default: {
        const size = /^([0-9a-f]{1,12})[ \t]*(?:;[^\r\n]*)?\r\n$/i.exec(line)?.[1];
        if (size === undefined) return null;
        this.#left = Number.parseInt(size, 16);
        this.#state = this.#left === 0 ? 'trailer' : 'data';
        return false;
      }
    }
  }
}
