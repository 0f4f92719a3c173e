/**
 * Time while this computer was awake (RUN-14). Whether a monotonic clock goes on while a computer sleeps differs: on Linux
 * it stops, elsewhere it does not. Sandboxes sleep with the engine, so their limits must not count it anywhere.
 */
import type { Disposable } from '#shared/lib/lifecycle.ts';

const LOOK_EVERY_MS = 1000;
/** Whoever did not look for longer than this was asleep (or as good as: then the warden's own clock ends what must end). */
const ASLEEP_MS = 10_000;

export interface AwakeClockDeps {
  /** Milliseconds of a clock that never goes back. */
  readonly monotonic: () => number;
  /** Epoch milliseconds; may jump. */
  readonly epoch: () => number;
}

export class AwakeClock implements Disposable {
  readonly #deps: AwakeClockDeps;
  readonly #listeners = new Set<(ms: number) => void>();
  readonly #timer: NodeJS.Timeout;
  #monotonic: number;
  #epoch: number;
  /** What the monotonic clock counted while asleep. */
  #skipped = 0;
  #slept = 0;

  constructor(deps: AwakeClockDeps) {
    this.#deps = deps;
    this.#monotonic = deps.monotonic();
    this.#epoch = deps.epoch();
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
  }

  /** Milliseconds awake, from some fixed point; never goes back. */
  readonly now = (): number => {
    this.#look();
    return this.#monotonic - this.#skipped;
  };

  /** Milliseconds that passed, asleep or awake; never goes back, whatever the computer's clock is set to. */
  readonly passed = (): number => this.now() + this.#slept;

  /** Tells after each sleep how long it was, ms; returns how to stop that. */
  onSleep(listener: (ms: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#listeners.clear();
  }

  #look(): void {
    const [monotonic, epoch] = [this.#deps.monotonic(), this.#deps.epoch()];
    const step = monotonic - this.#monotonic;
    const beside = epoch - this.#epoch - step;
    this.#monotonic = monotonic;
    this.#epoch = epoch;
    const counted = step > ASLEEP_MS ? step : 0;
    const slept = counted + (beside > ASLEEP_MS ? beside : 0);
    if (slept === 0) return;
    this.#skipped += counted;
    this.#slept += slept;
    for (const listener of this.#listeners) listener(slept);
  }
}
