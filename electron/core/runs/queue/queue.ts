/** Who runs now and who waits (RUN-8): keeps the list, asks the pure admission, starts and tells. */
import { admit, type Going, type Situation, type Waiting } from '#shared/queue/admission.ts';
import { waitText } from '#shared/queue/waits.ts';

/** While somebody waits, free memory and age change without an event of ours, ms. */
const LOOK_EVERY_MS = 1000;

export interface QueueDeps {
  /** Runs at once. */
  readonly limit: () => number;
  /** What the engine has, bytes; null while no engine tells. */
  readonly memory: () => Situation['memory'];
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** A run as the queue needs it. */
export interface QueuedRun extends Omit<Waiting, 'since'> {
  /** Called when it is this run's turn; its place is free again when that promise settles. */
  readonly begin: () => Promise<void>;
  /** Hears why not yet; follows "waits for". */
  readonly waits: (what: string) => void;
  /** Bytes it uses now. */
  readonly used: () => number;
}

export class RunQueue {
  readonly #deps: QueueDeps;
  #waiting: (QueuedRun & { since: number })[] = [];
  readonly #running = new Map<string, QueuedRun>();
  #timer: NodeJS.Timeout | null = null;

  constructor(deps: QueueDeps) {
    this.#deps = deps;
  }

  get running(): number {
    return this.#running.size;
  }

  /** What this run would have to wait for if it were added now; null when it would start at once. */
  wouldWait(run: Omit<Waiting, 'since'>): string | null {
    const mine = { ...run, since: this.#deps.now() };
    const wait = admit(this.#situation([...this.#waiting, mine])).waits.get(run.id);
    return wait === undefined ? null : waitText(wait);
  }

  add(run: QueuedRun): void {
    this.#waiting.push({ ...run, since: this.#deps.now() });
    this.#next();
  }

  /** Takes a waiting run out; false when it is not waiting. */
  leave(id: string): boolean {
    const before = this.#waiting.length;
    this.#waiting = this.#waiting.filter((run) => run.id !== id);
    if (this.#waiting.length === before) return false;
    this.#next();
    return true;
  }

  dispose(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #situation(waiting: readonly Waiting[]): Situation {
    const going = [...this.#running.values()].map(({ id, policy, memory, used }): Going => ({
      id,
      policy,
      memory,
      used: used(),
    }));
    return { now: this.#deps.now(), waiting, going, slots: this.#deps.limit(), memory: this.#deps.memory() };
  }

  #next(): void {
    if (this.#waiting.length === 0) {
      this.dispose();
      return;
    }
    const { start, waits } = admit(this.#situation(this.#waiting));
    const starting = start.flatMap((id) => this.#waiting.find((run) => run.id === id) ?? []);
    this.#waiting = this.#waiting.filter((run) => !start.includes(run.id));
    for (const run of starting) this.#start(run);
    for (const run of this.#waiting) {
      const wait = waits.get(run.id);
      if (wait !== undefined) run.waits(waitText(wait));
    }
    if (this.#waiting.length === 0) this.dispose();
    else this.#timer ??= setInterval(() => this.#next(), LOOK_EVERY_MS).unref();
  }

  #start(run: QueuedRun): void {
    this.#running.set(run.id, run);
    const free = (): void => {
      this.#running.delete(run.id);
      this.#next();
    };
    run.begin().then(free, free);
  }
}
