/** Something that holds a resource until told to let go. Disposing twice is harmless. */
export interface Disposable {
  dispose(): void | Promise<void>;
}

const alive = new Map<Store, Error>();

/**
 * Owns resources and releases them in reverse order of adding.
 * A resource added after disposal is disposed at once, so that a latecomer never leaks.
 */
export class Store implements Disposable {
  readonly #items: Disposable[] = [];
  #disposed = false;

  constructor() {
    alive.set(this, new Error('this store was created here and never disposed'));
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  /** Takes ownership; returns the same object for chaining. */
  add<T extends Disposable>(item: T): T {
    if (this.#disposed) void item.dispose();
    else this.#items.push(item);
    return item;
  }

  /** Registers a function to call at disposal. */
  defer(release: () => void | Promise<void>): void {
    this.add({ dispose: release });
  }

  /** Releases everything, last added first. Every release runs; the first failure is thrown at the end. */
  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    alive.delete(this);
    const failures: unknown[] = [];
    for (const item of this.#items.splice(0).toReversed()) {
      try {
        await item.dispose();
      } catch (failure) {
        failures.push(failure);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

/** Births of the stores that are still alive: a test fails when this is not empty at its end. */
export function undisposedStores(): readonly Error[] {
  return [...alive.values()];
}
