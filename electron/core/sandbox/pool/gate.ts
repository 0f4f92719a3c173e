/** Lets no more sandboxes be created at once than the machine has cores: more only wait for each other (findings). */

export class Gate {
  readonly #limit: () => number;
  readonly #waiting: (() => void)[] = [];
  #inside = 0;

  constructor(limit: () => number) {
    this.#limit = limit;
  }

  /** Nobody is inside and nobody waits. */
  get idle(): boolean {
    return this.#inside === 0 && this.#waiting.length === 0;
  }

  /** Does the work when it is its turn, in the order of asking; one whose signal aborts meanwhile rejects with its reason. */
  async through<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.#inside < Math.max(1, this.#limit()) && this.#waiting.length === 0) this.#inside++;
    else await this.#turn(signal);
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      // The place is handed over, so that nobody who asks in between takes it.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#inside--;
    }
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
      if (signal.aborted) leave();
      else signal.addEventListener('abort', leave, { once: true });
      if (!signal.aborted) this.#waiting.push(go);
    });
  }
}
