/**
 * The history's database for as long as the process lives: opened, watched, and replaced by a fresh one when the person
 * says so. A damaged one stays as it is; what runs meanwhile is kept in memory and goes into the fresh one (RUN-12).
 */
import { renameSync, rmSync, statSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { HistoryHealth } from '#shared/contract/history.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { Latest } from '../engine/latest.ts';
import { CHECKED_AT_ONCE, DamagedDatabase, openDatabase, openInMemory } from '../storage/database.ts';
import { findDamage, findDamageBeside, isDamage, putAside } from '../storage/health/damage.ts';
import { holdersOf, holderWords } from '../storage/health/holders.ts';
import type { Log } from '../storage/log.ts';

/** A large database is checked when the start is over, ms. */
const CHECK_AFTER_MS = 3000;

export interface KeeperDeps {
  readonly path: string;
  /** A damaged one is said and waits for the person; else it is an error. */
  readonly canAsk: boolean;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

export class HistoryKeeper {
  /** Always the present one, whoever holds it. */
  readonly database: DatabaseSync;
  readonly #deps: KeeperDeps;
  readonly #health: Latest<HistoryHealth>;
  readonly #life = new AbortController();
  readonly #fresh = new Set<() => void>();
  readonly #listened = new WeakSet<StatementSync>();
  #current: DatabaseSync;
  #unwritten = { runs: 0, why: '' };
  #damage: { readonly why: string; readonly inMemory: boolean } | null = null;

  /** Throws AppError `storage` as `openDatabase` does. */
  constructor(deps: KeeperDeps) {
    this.#deps = deps;
    this.#current = this.#open();
    this.#health = new Latest(this.#state());
    this.database = new Proxy(this.#current, {
      get: (_first, key): unknown => {
        if (key === 'prepare') return (sql: string): StatementSync => this.#heard(this.#current.prepare(sql));
        const value: unknown = Reflect.get(this.#current, key, this.#current);
        return typeof value === 'function' ? (value as () => unknown).bind(this.#current) : value;
      },
    });
    if (this.#damage === null && (statSync(deps.path, { throwIfNoEntry: false })?.size ?? 0) > CHECKED_AT_ONCE)
      setTimeout(() => void this.#checkLater(), CHECK_AFTER_MS).unref();
  }

  health(): HistoryHealth {
    return this.#health.value;
  }

  watch(signal?: AbortSignal): AsyncIterable<HistoryHealth> {
    return this.#health.watch(signal);
  }

  /** Something went wrong while it was used; only damage changes its health. */
  failed(failure: unknown): void {
    if (isDamage(failure)) this.#damaged((failure as Error).message);
  }

  /** So many runs wait until the disk takes them. */
  unwritten(runs: number, why: string): void {
    if (runs === this.#unwritten.runs && why === this.#unwritten.why) return;
    this.#unwritten = { runs, why };
    this.#health.set(this.#state());
  }

  /** Calls back when a fresh database took the place of the damaged one. */
  onFresh(listener: () => void): void {
    this.#fresh.add(listener);
  }

  /**
   * Puts the damaged database aside and goes on with a fresh one; returns where the old one is.
   * Throws AppError `input-invalid` for one that is whole, `storage` when another process uses it or the disk refuses.
   */
  startFresh(): { aside: string } {
    const { path, log } = this.#deps;
    if (this.#damage === null)
      throw new AppError({
        code: 'input-invalid',
        message: 'The history is whole.',
        why: 'Only a damaged one is put aside.',
        next: 'Go on.',
      });
    const { inMemory } = this.#damage;
    const aside = this.#putAside(inMemory);
    if (inMemory) this.#moveToDisk(path);
    else this.#current = openDatabase(path);
    log.warn('the damaged history was put aside', { aside });
    this.#damage = null;
    for (const listener of this.#fresh) listener();
    this.#health.set(this.#state());
    return { aside };
  }

  dispose(): void {
    this.#life.abort();
    this.#health.close();
    this.#current.close();
  }

  /** A statement whose failures tell of damage: who reads or writes need not. */
  #heard(statement: StatementSync): StatementSync {
    if (this.#listened.has(statement)) return statement;
    this.#listened.add(statement);
    for (const name of ['all', 'get', 'run'] as const) {
      const work = statement[name].bind(statement) as (...values: never[]) => never;
      statement[name] = (...values: never[]): never => {
        try {
          return work(...values);
        } catch (failure) {
          this.failed(failure);
          throw failure;
        }
      };
    }
    return statement;
  }

  #open(): DatabaseSync {
    const { path, canAsk, log } = this.#deps;
    try {
      return openDatabase(path);
    } catch (failure) {
      if (!canAsk || !(failure instanceof DamagedDatabase)) throw failure;
      log.error('the history is damaged', { problem: failure.found });
      this.#damage = { why: failure.found, inMemory: true };
      return openInMemory();
    }
  }

  #putAside(inMemory: boolean): string {
    const { path, now } = this.#deps;
    try {
      return replaceDamaged(path, now(), () => {
        if (!inMemory) this.#current.close();
      });
    } catch (failure) {
      if (!this.#current.isOpen && this.#damage !== null) {
        this.#current = openInMemory();
        this.#damage = { ...this.#damage, inMemory: true };
        this.#health.set(this.#state());
      }
      throw failure;
    }
  }

  /** What was kept in memory so far becomes the fresh file; when the disk does not take it, an empty one does. */
  #moveToDisk(path: string): void {
    const half = `${path}.part`;
    const memory = this.#current;
    try {
      rmSync(half, { force: true });
      memory.prepare('VACUUM INTO ?').run(half);
      renameSync(half, path);
    } catch (failure) {
      rmSync(half, { force: true });
      this.#deps.log.error('what ran meanwhile could not be written', { problem: String(failure) });
    }
    this.#current = openDatabase(path);
    memory.close();
  }

  async #checkLater(): Promise<void> {
    if (this.#life.signal.aborted) return;
    const found = await findDamageBeside(this.#deps.path, this.#life.signal);
    if (found !== null) this.#damaged(found);
  }

  #damaged(why: string): void {
    if (this.#damage !== null || this.#life.signal.aborted) return;
    this.#deps.log.error('the history is damaged', { problem: why });
    this.#damage = { why, inMemory: false };
    this.#health.set(this.#state());
  }

  #state(): HistoryHealth {
    const { path } = this.#deps;
    if (this.#damage !== null) return { state: 'damaged', path, ...this.#damage };
    return this.#unwritten.runs > 0 ? { state: 'unwritten', ...this.#unwritten } : { state: 'whole' };
  }
}

/**
 * Puts the database of a closed app aside when it is damaged, and returns where it is then; null for a whole one, which stays.
 * Throws AppError `storage` when that cannot be told or done.
 */
export function asideWhenDamaged(path: string, now: number): string | null {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return null;
  try {
    const database = openDatabase(path);
    const found = findDamage(database);
    database.close();
    if (found === null) return null;
  } catch (failure) {
    if (!(failure instanceof DamagedDatabase)) throw failure;
  }
  return replaceDamaged(path, now);
}

/** Puts a damaged database aside that no other process has open; `close` lets go of our own. Throws AppError `storage`. */
function replaceDamaged(path: string, now: number, close: () => void = () => {}): string {
  const holders = holdersOf(path);
  if (holders.length > 0)
    throw new AppError({
      code: 'storage',
      message: 'Another program has the damaged history open.',
      why: `It is ${holderWords(holders)}.`,
      next: 'Close it first; Bellglass itself offers the same while it runs.',
    });
  close();
  try {
    return putAside(path, now);
  } catch (cause) {
    throw new AppError(
      {
        code: 'storage',
        message: 'The damaged history could not be put aside.',
        why: (cause as Error).message,
        next: `Rename ${path} by hand while Bellglass is closed.`,
      },
      { cause },
    );
  }
}
