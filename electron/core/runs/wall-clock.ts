/** How long a script has been running, pauses not counted. */
export class WallClock {
  readonly #now: () => number;
  #since: number | null = null;
  #before = 0;
  #began = false;

  /** `now` in milliseconds, monotonic. */
  constructor(now: () => number) {
    this.#now = now;
  }

  start(): void {
    this.#since ??= this.#now();
    this.#began = true;
  }

  pause(): void {
    if (this.#since === null) return;
    this.#before += this.#now() - this.#since;
    this.#since = null;
  }

  /** Whether it ever ran. */
  get started(): boolean {
    return this.#began;
  }

  /** Milliseconds. */
  get elapsed(): number {
    return this.#before + (this.#since === null ? 0 : this.#now() - this.#since);
  }
}
