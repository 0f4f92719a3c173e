/** A value that others may watch: each watcher sees the present one, then the newest after each change. */
export class Latest<T> {
  #value: T;
  #version = 0;
  #closed = false;
  readonly #waiting = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    this.#value = value;
    this.#version++;
    this.#wake();
  }

  /** Ends every watch. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  /** A slow watcher skips values that were replaced meanwhile. */
  async *watch(signal?: AbortSignal): AsyncGenerator<T> {
    let seen = -1;
    while (!this.#closed && !signal?.aborted) {
      if (seen !== this.#version) {
        seen = this.#version;
        yield this.#value;
        continue;
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.add(resolve);
      signal?.addEventListener('abort', () => resolve(), { once: true });
      await promise;
      this.#waiting.delete(resolve);
    }
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}
