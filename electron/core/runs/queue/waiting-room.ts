/** The queue with what is kept of it: runs that wait for their turn, and those that came back and wait for their secrets (RUN-8). */
import { AppError, type AppErrorData } from '#shared/lib/app-error.ts';
import { launchAgain } from '#shared/history/again.ts';
import type { Waiting } from '#shared/queue/admission.ts';
import { validateLaunch } from '#shared/script/validate.ts';
import type { Caller } from '../../core.ts';
import type { KeptLaunches } from '../../history/launches.ts';
import type { Log } from '../../storage/log.ts';
import type { LiveRun } from '../live-run.ts';
import type { KeptQueue } from './kept-queue.ts';
import { RunQueue, type QueueDeps } from './queue.ts';

export type Claim = Omit<Waiting, 'since' | 'place'>;

/** What is kept of the queue, and of what its runs were given. */
export interface Keeping {
  readonly queue: KeptQueue;
  readonly launches: Pick<KeptLaunches, 'flush' | 'read'>;
}

export interface WaitingRoomDeps extends QueueDeps {
  /** Null: who waits ends with this process. */
  readonly keeping: Keeping | null;
  /** Runs it to its end. */
  readonly run: (run: LiveRun) => Promise<void>;
  /** Ends one that cannot begin. */
  readonly fail: (run: LiveRun, why: AppErrorData) => Promise<void>;
  /** Resolves when its line is written down. */
  readonly written: (id: string) => Promise<void>;
  readonly log: Log;
}

/** How a run comes in. */
export interface Coming {
  readonly by: Caller | null;
  /** It may outlive this process. */
  readonly lasts: boolean;
  /** Milliseconds that it has waited already. */
  readonly waited?: number;
  /** It is written down already. */
  readonly kept?: boolean;
  /** Where a person put it in an earlier process. */
  readonly place?: number | undefined;
}

interface Held {
  readonly run: LiveRun;
  readonly claim: Claim;
  readonly coming: Coming;
  readonly names: readonly string[];
  /** Milliseconds on the queue's clock. */
  readonly since: number;
}

/** A run that waits may hold so many bytes in memory, and all together so many; more stays on disk alone, which costs reading it again. */
const LIGHT = { one: 64 * 1024, all: 8 * 1024 * 1024 };

const LOST: AppErrorData = {
  code: 'storage',
  message: 'What this run was given could not be read again when its turn came.',
  why: 'It was kept on disk while the run waited.',
  next: 'Run it again.',
};

export class WaitingRoom {
  readonly #deps: WaitingRoomDeps;
  readonly #queue: RunQueue;
  readonly #held = new Map<string, Held>();
  readonly #waiting = new Map<string, LiveRun>();
  readonly #kept = new Set<string>();
  readonly #writing = new Set<Promise<void>>();
  readonly #resting = new WeakSet<LiveRun>();

  constructor(deps: WaitingRoomDeps) {
    this.#deps = deps;
    this.#queue = new RunQueue(deps);
  }

  /** See {@link RunQueue.order}; who waits for secrets is not in it, nor what nobody sees. */
  order(): string[] {
    return this.#queue.order().filter((id) => this.#waiting.get(id)?.hidden === false);
  }

  /** It would come back with the next process. */
  lasts(id: string): boolean {
    return this.#kept.has(id);
  }

  /** Those that have no turn before they have their secrets. */
  heldIds(): string[] {
    return [...this.#held.keys()];
  }

  /** See {@link RunQueue.wouldWait}. */
  wouldWait(claim: Claim): string | null {
    return this.#queue.wouldWait(claim);
  }

  /** See {@link RunQueue.gather}. */
  async gather<T>(work: () => Promise<T>): Promise<T> {
    return await this.#queue.gather(work);
  }

  /** Takes a run in; it begins at once or when its turn comes. */
  enter(run: LiveRun, claim: Claim, coming: Coming): void {
    const { id } = run.record;
    this.#waiting.set(id, run);
    if (coming.kept === true) this.#kept.add(id);
    const started = this.#queue.add({
      ...claim,
      place: coming.place,
      waited: coming.waited,
      begin: async () => {
        this.#gone([id]);
        if (await this.#awake(run)) await this.#deps.run(run);
      },
      waits: (what) => run.record.waitsFor(what),
      used: () => run.record.memoryNow,
    });
    const { keeping } = this.#deps;
    if (started || keeping === null || !coming.lasts || this.#kept.has(id)) return;
    const writing = this.#keep(run, coming.by, keeping).finally(() => this.#writing.delete(writing));
    this.#writing.add(writing);
  }

  /** Takes in one that was kept: it waits for the values of these secrets before it waits for its turn. */
  hold(run: LiveRun, claim: Claim, coming: Coming, names: readonly string[]): void {
    this.#held.set(run.record.id, { run, claim, coming, names, since: this.#deps.now() });
    if (coming.kept === true) this.#kept.add(run.record.id);
    run.record.wantsSecrets(names);
    this.#deps.changed();
  }

  /** All who wait are written down. */
  isKept(): boolean {
    return [...this.order(), ...this.#held.keys()].every((id) => this.#kept.has(id));
  }

  /** Gives a held run its secrets, which are kept nowhere. Throws AppError `input-invalid` when they are not the ones it had. */
  give(id: string, secrets: Readonly<Record<string, string>>): void {
    const held = this.#held.get(id);
    if (held === undefined)
      throw new AppError({
        code: 'input-invalid',
        message: 'This run does not wait for secrets.',
        next: 'Look at the list of runs.',
      });
    const missing = held.names.filter((name) => !Object.hasOwn(secrets, name));
    const strange = Object.keys(secrets).filter((name) => !held.names.includes(name));
    if (missing.length > 0 || strange.length > 0)
      throw new AppError({
        code: 'input-invalid',
        message: missing.length > 0 ? `${missing.join(', ')} is missing.` : 'That is no secret of this run.',
        why: `It was queued with ${held.names.join(', ')}.`,
        next: 'Give each of them a value, or stop the run.',
      });
    held.run.giveSecrets(secrets);
    this.#held.delete(id);
    held.run.record.wantsSecrets([]);
    const waited = (held.coming.waited ?? 0) + this.#deps.now() - held.since;
    this.enter(held.run, held.claim, { ...held.coming, waited });
  }

  /** Takes runs out that have not begun, and returns which; nothing begins in between. */
  leave(ids: readonly string[]): string[] {
    const held = ids.filter((id) => this.#held.delete(id));
    const left = [...this.#queue.leave(ids), ...held];
    this.#gone(left);
    if (held.length > 0) this.#deps.changed();
    return left;
  }

  /** Puts one before another, null: behind all. Throws AppError `input-invalid` when one of them does not wait for its turn. */
  move(id: string, before: string | null): void {
    const places = this.#queue.move(id, before);
    if (places === null)
      throw new AppError({
        code: 'input-invalid',
        message: 'Only runs that wait for their turn have a place in the queue.',
        next: 'Look at the queue again: it has moved on.',
      });
    this.#deps.keeping?.queue.place(places);
  }

  /** Begins nothing more. What can stay for the next start stays (`stay`); the `rest` has to end now. */
  async close(): Promise<{ stay: LiveRun[]; rest: LiveRun[] }> {
    this.#queue.dispose();
    await Promise.all(this.#writing);
    const all = [...this.#waiting.values(), ...[...this.#held.values()].map(({ run }) => run)];
    const stay = all.filter(({ record }) => this.#kept.has(record.id));
    this.#waiting.clear();
    this.#held.clear();
    return { stay, rest: all.filter((run) => !stay.includes(run)) };
  }

  /** These wait no more. */
  #gone(ids: readonly string[]): void {
    for (const id of ids) this.#waiting.delete(id);
    const kept = ids.filter((id) => this.#kept.delete(id));
    if (kept.length > 0) this.#deps.keeping?.queue.remove(kept);
  }

  /** Bytes of what all who wait hold in memory. */
  #weight(): number {
    return [...this.#waiting.values()].reduce((sum, run) => sum + run.weight, 0);
  }

  /** Brings back what it let go of; false when that is gone, and the run has ended. */
  async #awake(run: LiveRun): Promise<boolean> {
    if (!this.#resting.has(run)) return true;
    const given = await this.#deps.keeping?.launches.read(run.record.id);
    if (given) {
      const secrets = Object.fromEntries(given.secrets.map((name) => [name, '']));
      run.wake(validateLaunch(launchAgain(given, { secrets })));
      return true;
    }
    await this.#deps.fail(run, LOST);
    return false;
  }

  async #keep(run: LiveRun, by: Caller | null, { queue, launches }: Keeping): Promise<void> {
    const { id } = run.record;
    try {
      await Promise.all([launches.flush(id), this.#deps.written(id)]);
      if (!this.#waiting.has(id)) return;
      queue.add(id, by, this.#queue.placeOf(id));
      this.#kept.add(id);
      if (run.weight <= LIGHT.one && this.#weight() <= LIGHT.all) return;
      run.rest();
      this.#resting.add(run);
    } catch (failure) {
      this.#deps.log.warn('a waiting run could not be kept', { run: id, problem: String(failure) });
      run.record.addNote('This run could not be written down: it waits only until Bellglass ends.');
    }
  }
}
