/** Lets no more sandboxes be created at once than the machine has cores: more only wait for each other (findings). */

/** When nobody came out for so long, those inside are stuck, not busy, and hold up nobody else, ms. */
const STUCK_MS = 2000;

export class Gate {
  readonly #limit: () => number;
  readonly #stuckMs: number;
  readonly #waiting: (() => void)[] = [];
  #inside = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(limit: () => number, stuckMs = STUCK_MS) {
    this.#limit = limit;
    this.#stuckMs = stuckMs;
  }

  /** Nobody is inside and nobody waits. */
  get idle(): boolean {
    return this.#inside === 0 && this.#waiting.length === 0;
  }

  /** Does the work when it is its turn, in the order of asking; one whose signal aborts meanwhile rejects with its reason. */
  async through<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.#waiting.length === 0 && this.#hasRoom) this.#inside++;
    else await this.#turn(signal);
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      this.#inside--;
      if (this.#hasRoom) this.#next();
      this.#watch();
    }
  }

  get #hasRoom(): boolean {
    return this.#inside < Math.max(1, this.#limit());
  }

  /** The place is taken at once, so that nobody who asks in between gets it too. */
  #next(): void {
    const next = this.#waiting.shift();
    if (!next) return;
    this.#inside++;
    next();
  }

  #watch(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#waiting.length === 0) return;
    this.#timer = setTimeout(() => {
      this.#next();
      this.#watch();
    }, this.#stuckMs).unref();
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        const at = this.#waiting.indexOf(go);
        if (at >= 0) this.#waiting.splice(at, 1);
        reject(signal.reason as Error);
      };
      if (signal.aborted) {
        leave();
        return;
      }
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(go);
      if (!this.#timer) this.#watch();
    });
  }
}
