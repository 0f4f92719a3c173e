/** Sandboxes that wait for a run: made beforehand, given away once, never taken back (RUN-11). */
import type { PoolStatus } from '#shared/contract/pool.ts';
import { LABEL } from '#shared/domain/labels.ts';
import { toAppError } from '#shared/lib/app-error.ts';
import type { Engine } from '../../engine/port.ts';
import type { Log } from '../../storage/log.ts';
import type { CounterReader } from '../../watch/host-reader.ts';
import { Sandbox, type SandboxRequest } from '../sandbox.ts';
import { Gate } from './gate.ts';
import { coldBecause, poolKey, type SandboxWish } from './key.ts';
import { budget, nextStep } from './plan.ts';
import { Shelves, type Shelf, type Waiting } from './shelves.ts';

/** One that has waited for so long is replaced, ms. */
const MOST_AGE_MS = 10 * 60_000;
/** When nobody comes for it, not even to take it away, a waiting sandbox ends by itself after its age and this, s. */
const AGE_MARGIN_S = 120;
/** After a run was started, so long nothing is made beside it, ms. */
const QUIET_MS = 150;
/** While anything waits, age, memory and images are looked at so often, ms. */
const LOOK_EVERY_MS = 30_000;
/** After one could not be made, nothing is made for this long, ms; twice as long each further time. */
const PAUSE_MS = { first: 10_000, most: 10 * 60_000 };
/** A plan that stays the same for this long is worth a sandbox, ms: one is planned with every key that a person types. */
const SETTLED_MS = 250;

export interface PoolDeps {
  /** Throws AppError `engine-unreachable` when there is none. */
  readonly engine: () => Engine;
  readonly settings: () => { readonly on: boolean; readonly why: string; readonly bytes: number };
  /** Bytes free on the engine's machine; null where nobody knows. */
  readonly free: () => number | null;
  readonly cores: () => number;
  /** The counters of a sandbox by the pid of its PID 1, opened before a run needs them; null where they cannot be read here. */
  readonly counters: (pid: number) => CounterReader | null;
  /** Labels of the installation and process. */
  readonly labels: Readonly<Record<string, string>>;
  readonly newId: () => string;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

/** What a run gets. */
export type Taken =
  /** The counters are the run's to dispose of. */
  | { readonly sandbox: Sandbox; readonly counters: CounterReader | null; readonly why: string }
  | { readonly sandbox: null; readonly why: string };

export class SandboxPool {
  readonly #deps: PoolDeps;
  readonly #gate: Gate;
  readonly #shelves: Shelves;
  /** Names of those that wait or are being made. */
  readonly #tickets = new Set<string>();
  readonly #work = new Set<Promise<unknown>>();
  #hits = 0;
  #misses = 0;
  #quietUntil = Number.NEGATIVE_INFINITY;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #pause = PAUSE_MS.first;
  #looked = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  #settling: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(deps: PoolDeps) {
    this.#deps = deps;
    this.#gate = new Gate(deps.cores);
    this.#shelves = new Shelves(deps.now);
  }

  /**
   * A sandbox for this run alone, or why there is none. At once: nothing can come between the look and the claim.
   * Its live limits may be others; see {@link Sandbox.fit}.
   */
  take(runId: string, wish: SandboxWish): Taken {
    const { on, why } = this.#deps.settings();
    this.#quietUntil = this.#deps.now() + QUIET_MS;
    const cold = on ? coldBecause(wish) : why;
    if (cold !== null) return { sandbox: null, why: cold };
    const shelf = this.#shelves.use(wish);
    this.#dropOtherImages(wish);
    const plain = wish.booted === null ? undefined : this.#shelves.get(poolKey({ ...wish, booted: null }));
    for (let from: Shelf | undefined = shelf; from !== undefined; from = from === shelf ? plain : undefined) {
      const taken = this.#takeFrom(from, runId);
      if (taken !== null) return taken;
    }
    this.#misses++;
    this.#later(QUIET_MS);
    const begun = shelf.making > 0 ? 'One was being made.' : 'None was waiting for this image and policy.';
    return { sandbox: null, why: begun };
  }

  #takeFrom({ wish, waiting }: Shelf, runId: string): Taken | null {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      if (!this.#fresh(one)) {
        this.#discard(one);
        continue;
      }
      this.#tickets.delete(one.ticket);
      one.sandbox.claim(runId);
      this.#hits++;
      // The run did not wait to hear whether the image is still the same.
      this.#looked = Number.NEGATIVE_INFINITY;
      this.#later(QUIET_MS);
      const waited = Math.round((this.#deps.now() - one.since) / 1000);
      const how = wish.booted === null ? '' : ' with its interpreter started';
      return { sandbox: one.sandbox, counters: one.counters, why: `It had waited for ${waited} s${how}.` };
    }
    return null;
  }

  /** What the sandboxes that wait under this name of an image were made from; null when none waits. */
  imageOf(reference: string): string | null {
    if (!this.#deps.settings().on) return null;
    return this.#shelves.imageOf(reference);
  }

  /** Creates a sandbox for one run, when it is its turn. Rejects as `Sandbox.create` does, or with the signal's reason. */
  async create(engine: Engine, request: SandboxRequest, signal: AbortSignal): Promise<Sandbox> {
    try {
      return await this.#gate.through(() => Sandbox.create(engine, request), signal);
    } finally {
      this.#quietUntil = this.#deps.now() + QUIET_MS;
      this.#later(QUIET_MS);
    }
  }

  /** Somebody is about to run this: one is made once the wish has stayed the same for a moment. `wish` is asked only then. */
  expect(wish: () => Promise<SandboxWish | null>): void {
    if (this.#settling) clearTimeout(this.#settling);
    this.#settling = null;
    if (this.#closed || !this.#deps.settings().on) return;
    this.#settling = setTimeout(() => {
      this.#settling = null;
      this.#track(
        wish().then(
          (known) => known && this.#expected(known),
          (failure: unknown) => this.#deps.log.debug('nothing is made beforehand', { problem: String(failure) }),
        ),
      );
    }, SETTLED_MS).unref();
  }

  /** This sandbox waits here, or is being made: the sweep leaves it alone. */
  holds(ticket: string): boolean {
    return this.#tickets.has(ticket);
  }

  /** Settings, an image or the engine changed: looks at everything now. */
  changed(): void {
    this.#looked = Number.NEGATIVE_INFINITY;
    this.#later(0);
  }

  /** The engine went away: nothing here can be trusted any more. The sweep removes what is left when it is back. */
  engineLost(): void {
    for (const one of this.#shelves.clear()) {
      this.#tickets.delete(one.ticket);
      void one.counters?.dispose();
      one.sandbox.warden.destroy();
    }
  }

  /** Resolves when nothing is being made or taken away. */
  async settled(): Promise<void> {
    while (this.#work.size > 0) await Promise.allSettled(this.#work);
  }

  status(): PoolStatus {
    const { on, why } = this.#deps.settings();
    const shelves = this.#shelves.status(this.#wanted());
    return {
      on,
      why,
      hits: this.#hits,
      misses: this.#misses,
      waiting: shelves.reduce((sum, { waiting }) => sum + waiting, 0),
      memory: this.#shelves.memory(),
      budget: on ? this.#bytes() : 0,
      sizes: shelves,
    };
  }

  /** Removes everything that waits, and what is on its way. */
  async dispose(): Promise<void> {
    this.#closed = true;
    if (this.#settling) clearTimeout(this.#settling);
    if (this.#timer) clearTimeout(this.#timer);
    for (const one of this.#shelves.clear()) this.#discard(one);
    await this.settled();
  }

  #expected(wish: SandboxWish): void {
    if (this.#closed || coldBecause(wish) !== null) return;
    this.#shelves.expect(wish);
    this.#later(0);
  }

  #dropOtherImages(image: Pick<SandboxWish, 'reference' | 'imageId'>): void {
    for (const one of this.#shelves.dropOtherImages(image)) this.#discard(one);
  }

  #fresh({ engine, since }: Waiting): boolean {
    return this.#deps.now() - since < MOST_AGE_MS && engine === this.#engine();
  }

  #engine(): Engine | null {
    try {
      return this.#deps.engine();
    } catch {
      return null;
    }
  }

  #bytes(): number {
    return budget(this.#deps.settings().bytes, this.#deps.free());
  }

  #wanted(): Map<string, number> {
    if (this.#closed || !this.#deps.settings().on) return new Map();
    return this.#shelves.wanted(this.#bytes());
  }

  #later(ms: number): void {
    if (this.#closed) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#turn();
    }, ms).unref();
  }

  #turn(): void {
    if (this.#closed) return;
    const now = this.#deps.now();
    const wanted = this.#wanted();
    for (const [, shelf] of this.#shelves.entries())
      for (const one of shelf.waiting.filter((each) => !this.#fresh(each))) this.#leave(shelf, one);
    this.#shelves.forget();
    const quietFor = this.#gate.idle ? this.#quietUntil - now : QUIET_MS;
    const step = nextStep(
      this.#shelves.entries().map(([key, { waiting, making }]) => ({
        key,
        wanted: wanted.get(key) ?? 0,
        waiting: waiting.length,
        making,
      })),
      { cores: this.#deps.cores(), busy: quietFor > 0 || now < this.#pausedUntil },
    );
    for (const [key, count] of step.drop)
      for (const one of this.#shelves.get(key)?.waiting.slice(0, count) ?? [])
        this.#leave(this.#shelves.get(key)!, one);
    for (const key of step.make) this.#track(this.#make(this.#shelves.get(key)!));
    if (now - this.#looked >= LOOK_EVERY_MS) {
      this.#looked = now;
      this.#track(this.#lookAtImages());
    }
    if (this.#shelves.size === 0) return;
    const soon = quietFor > 0 ? quietFor : this.#pausedUntil > now ? this.#pausedUntil - now : LOOK_EVERY_MS;
    this.#later(Math.min(soon, LOOK_EVERY_MS));
  }

  async #make(shelf: Shelf): Promise<void> {
    const { wish } = shelf;
    const key = poolKey(wish);
    const engine = this.#engine();
    if (!engine) return;
    const ticket = this.#deps.newId().toLowerCase();
    this.#tickets.add(ticket);
    shelf.making++;
    try {
      const sandbox = await Sandbox.create(engine, {
        runId: ticket,
        waiting: true,
        image: wish.imageId,
        options: wish.options,
        seccompProfile: wish.seccompProfile,
        labels: { ...this.#deps.labels, [LABEL.created]: String(Date.now()) },
        tty: false,
        booted: wish.booted,
      });
      sandbox.warden.deadline(MOST_AGE_MS / 1000 + AGE_MARGIN_S);
      const since = this.#deps.now();
      const pid = (await engine.container(sandbox.id).catch(() => null))?.pid ?? 0;
      const one: Waiting = { sandbox, engine, ticket, since, counters: pid > 0 ? this.#deps.counters(pid) : null };
      this.#pause = PAUSE_MS.first;
      if (this.#closed || this.#shelves.get(key) !== shelf || pid === 0 || !this.#deps.settings().on) {
        this.#discard(one);
        return;
      }
      shelf.waiting.push(one);
      void sandbox.gone.then(() => this.#leave(shelf, one));
    } catch (failure) {
      this.#tickets.delete(ticket);
      const { code, message, details } = toAppError(failure);
      this.#deps.log.warn('no sandbox could be made to wait', { code, message, details });
      this.#pausedUntil = this.#deps.now() + this.#pause;
      this.#pause = Math.min(PAUSE_MS.most, this.#pause * 2);
    } finally {
      shelf.making--;
      this.#later(0);
    }
  }

  /** One that is still here is taken away; one that was claimed belongs to its run. */
  #leave(shelf: Shelf, one: Waiting): void {
    const at = shelf.waiting.indexOf(one);
    if (at < 0) return;
    shelf.waiting.splice(at, 1);
    this.#discard(one);
    this.#later(QUIET_MS);
  }

  #discard({ sandbox, ticket, counters }: Waiting): void {
    this.#tickets.delete(ticket);
    void counters?.dispose();
    this.#track(
      sandbox
        .remove()
        .catch((failure: unknown) =>
          this.#deps.log.warn('a waiting sandbox is left for the sweep', { ticket, problem: String(failure) }),
        ),
    );
  }

  async #lookAtImages(): Promise<void> {
    const engine = this.#engine();
    if (!engine) return;
    for (const reference of this.#shelves.references()) {
      const image = await engine.image(reference).catch(() => undefined);
      if (image !== undefined) this.#dropOtherImages({ reference, imageId: image?.id ?? '' });
    }
  }

  #track(work: Promise<unknown>): void {
    const tracked = work.finally(() => this.#work.delete(tracked));
    this.#work.add(tracked);
  }
}
