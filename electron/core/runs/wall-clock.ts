/** How long a script has been running, pauses not counted. */
export class WallClock {
  readonly #now: () => number;
  #since: number | null = null;
  #before = 0;

  /** `now` in milliseconds, monotonic. */
  constructor(now: () => number) {
    this.#now = now;
  }

  start(): void {
    this.#since ??= this.#now();
  }

  pause(): void {
    if (this.#since === null) return;
    this.#before += this.#now() - this.#since;
    this.#since = null;
  }

  /** Milliseconds. */
  get elapsed(): number {
    return this.#before + (this.#since === null ? 0 : this.#now() - this.#since);
  }
}
