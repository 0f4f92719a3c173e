/** Who runs now and who waits (RUN-8): keeps the list, asks the pure admission, starts and tells. */
import { admit, inOrder, type Going, type Situation, type Waiting } from '#shared/queue/admission.ts';
import { moved } from '#shared/queue/moved.ts';
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
  /** Who waits, or in which order, may have changed. */
  readonly changed: () => void;
}

/** A run as the queue needs it. */
export interface QueuedRun extends Omit<Waiting, 'since'> {
  /** Milliseconds that it has waited already, in an earlier process. */
  readonly waited?: number | undefined;
  /** Called when it is this run's turn; its place is free again when that promise settles. */
  readonly begin: () => Promise<void>;
  /** Hears why not yet; follows "waits for". */
  readonly waits: (what: string) => void;
  /** Bytes it uses now. */
  readonly used: () => number;
}

export class RunQueue {
  readonly #deps: QueueDeps;
  #waiting: (QueuedRun & { readonly since: number })[] = [];
  readonly #running = new Map<string, QueuedRun>();
  readonly #served = new Map<string, number>();
  #timer: NodeJS.Timeout | null = null;
  #gathering = 0;
  #closed = false;

  constructor(deps: QueueDeps) {
    this.#deps = deps;
  }

  get running(): number {
    return this.#running.size;
  }

  /** Ids of the waiting runs in the order in which they would start if nothing but their turn held them up. */
  order(): string[] {
    return inOrder(this.#situation(this.#waiting));
  }

  /** What this run would have to wait for if it were added now; null when it would start at once. */
  wouldWait(run: Omit<Waiting, 'since'>): string | null {
    const mine = { ...run, since: this.#deps.now() };
    const wait = admit(this.#situation([...this.#waiting, mine])).waits.get(run.id);
    return wait === undefined ? null : waitText(wait);
  }

  /** True when it started at once. */
  add(run: QueuedRun): boolean {
    const since = this.#deps.now() - (run.waited ?? 0);
    const at = this.#waiting.findLastIndex((other) => other.since <= since) + 1;
    this.#waiting = this.#waiting.toSpliced(at, 0, { ...run, since });
    this.#next();
    return this.#running.has(run.id);
  }

  /** Takes waiting runs out and returns those that were waiting; nothing starts in between. */
  leave(ids: readonly string[]): string[] {
    const asked = new Set(ids);
    const left = this.#waiting.filter((run) => asked.has(run.id)).map((run) => run.id);
    if (left.length === 0) return [];
    this.#waiting = this.#waiting.filter((run) => !asked.has(run.id));
    this.#next();
    return left;
  }

  /**
   * Puts a waiting run before another one, null: behind all. Whoever is ahead of it then keeps that place, before all that come later.
   * Returns every place, for keeping; null when one of the two does not wait.
   */
  move(id: string, before: string | null): ReadonlyMap<string, number> | null {
    const places = moved(this.order(), id, before, (one) => this.#waiting.find((run) => run.id === one)?.place);
    if (places === null) return null;
    this.#waiting = this.#waiting.map((run) => ({ ...run, place: places.get(run.id) }));
    this.#next();
    return places;
  }

  /** Where a person put it; undefined: nowhere. */
  placeOf(id: string): number | undefined {
    return this.#waiting.find((run) => run.id === id)?.place;
  }

  /** Starts nothing until `work` is done: so that many that come in together start in their order. */
  async gather<T>(work: () => Promise<T>): Promise<T> {
    this.#gathering += 1;
    try {
      return await work();
    } finally {
      this.#gathering -= 1;
      this.#next();
    }
  }

  /** Starts nothing more; who waits is forgotten here. */
  dispose(): void {
    this.#closed = true;
    this.#waiting = [];
    this.#rest();
  }

  #rest(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #situation(waiting: readonly Waiting[]): Situation {
    const going = [...this.#running.values()].map((run): Going => ({ ...run, used: run.used() }));
    const { now, limit, memory } = this.#deps;
    return { now: now(), waiting, going, served: this.#served, slots: limit(), memory: memory() };
  }

  #next(): void {
    if (this.#closed || this.#gathering > 0) return;
    if (this.#waiting.length > 0) this.#admit();
    const projects = new Set(this.#waiting.map((run) => run.project));
    for (const project of this.#served.keys()) if (!projects.has(project)) this.#served.delete(project);
    if (this.#waiting.length === 0) this.#rest();
    else this.#timer ??= setInterval(() => this.#next(), LOOK_EVERY_MS).unref();
    this.#deps.changed();
  }

  #admit(): void {
    const { start, waits } = admit(this.#situation(this.#waiting));
    const starting = start.flatMap((id) => this.#waiting.find((run) => run.id === id) ?? []);
    const started = new Set(start);
    this.#waiting = this.#waiting.filter((run) => !started.has(run.id));
    for (const run of starting) this.#start(run);
    for (const run of this.#waiting) {
      const wait = waits.get(run.id);
      if (wait !== undefined) run.waits(waitText(wait));
    }
  }

  #start(run: QueuedRun): void {
    this.#running.set(run.id, run);
    this.#served.set(run.project, this.#deps.now());
    const free = (): void => {
      this.#running.delete(run.id);
      this.#next();
    };
    run.begin().then(free, free);
  }
}
