/** When each row of the terminal arrived and from which stream. Rows are counted from the very first, trimmed ones included. */

export interface Arrival {
  readonly at: number;
  readonly stream: 'stdout' | 'stderr';
}

interface Span extends Arrival {
  /** Last row of this arrival. */
  readonly until: number;
}

export class Arrivals {
  #spans: Span[] = [];

  /** Notes that rows up to and including `until` had arrived. A row keeps its first arrival. */
  note(until: number, arrival: Arrival): void {
    const last = this.#spans.at(-1);
    if (last && until <= last.until) return;
    if (last && last.at === arrival.at && last.stream === arrival.stream) this.#spans.pop();
    this.#spans.push({ ...arrival, until });
  }

  /** The arrival of a row, or null when it has not arrived or is no longer known. */
  of(row: number): Arrival | null {
    let [low, high] = [0, this.#spans.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#spans[middle]?.until ?? 0) < row) low = middle + 1;
      else high = middle;
    }
    return this.#spans[low] ?? null;
  }

  /** Lets go of rows before this one. */
  trim(row: number): void {
    const keep = this.#spans.findIndex((span) => span.until >= row);
    if (keep > 1000 || keep < 0) this.#spans = keep < 0 ? [] : this.#spans.slice(keep);
  }

  clear(): void {
    this.#spans = [];
  }
}
