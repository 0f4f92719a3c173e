/** Who runs now and who waits: first come, first served, up to a limit (RUN-8 adds priorities and memory). */
export class RunQueue {
  readonly #limit: () => number;
  readonly #waiting: { id: string; begin: () => Promise<void>; waits: (what: string) => void }[] = [];
  readonly #running = new Set<string>();

  constructor(limit: () => number) {
    this.#limit = limit;
  }

  get running(): number {
    return this.#running.size;
  }

  /** `begin` is called when it is this run's turn; its place is free again when that promise settles. `waits` hears why not yet. */
  add(id: string, begin: () => Promise<void>, waits: (what: string) => void): void {
    this.#waiting.push({ id, begin, waits });
    this.#next();
  }

  /** Takes a waiting run out; false when it is not waiting. */
  leave(id: string): boolean {
    const at = this.#waiting.findIndex((one) => one.id === id);
    if (at < 0) return false;
    this.#waiting.splice(at, 1);
    return true;
  }

  #next(): void {
    while (this.#running.size < this.#limit()) {
      const run = this.#waiting.shift();
      if (!run) return;
      this.#running.add(run.id);
      const free = (): void => {
        this.#running.delete(run.id);
        this.#next();
      };
      run.begin().then(free, free);
    }
    for (const run of this.#waiting) run.waits(`one of ${this.#limit()} running to end`);
  }
}
