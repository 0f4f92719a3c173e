/** What goes of runs that are over: their records and files, and what is left of them on the engine (RUN-10, RUN-12). */
import { rm } from 'node:fs/promises';
import { AppError } from '#shared/lib/app-error.ts';
import { LABEL } from '#shared/domain/labels.ts';
import { isLive } from '#shared/domain/progress/run-machine.ts';
import type { Engine } from '../../engine/port.ts';
import { removeTaken } from '../../exchange/run-files.ts';
import type { History } from '../../history/history.ts';
import { removeLaunch } from '../../history/launches.ts';
import { retain } from '../../history/retention.ts';
import type { Log } from '../../storage/log.ts';
import { sweep } from '../sweep.ts';
import type { RunBook } from './run-book.ts';

export interface ClearingDeps {
  readonly book: RunBook;
  readonly history: History;
  readonly instance: string;
  readonly owner: string;
  readonly ownerAlive: (owner: string) => boolean;
  readonly spoolFolder: string;
  /** The network or the pool still has this run's or this sandbox's objects. */
  readonly networkHolds: (run: string) => boolean;
  readonly poolHolds: (label: string) => boolean;
  /** A person wanted this container to stay. */
  readonly isKept: (containerId: string) => boolean;
  /** Epoch milliseconds. */
  readonly wallNow: () => number;
  readonly sweepAge: () => number;
  readonly log: Log;
}

export class Clearing {
  readonly #deps: ClearingDeps;

  constructor(deps: ClearingDeps) {
    this.#deps = deps;
  }

  /** Throws AppError `input-invalid` for a run that goes on or never was. */
  async remove(id: string): Promise<void> {
    const { book, history, spoolFolder } = this.#deps;
    if (book.live(id))
      throw new AppError({
        code: 'input-invalid',
        message: 'This run is still going.',
        next: 'Stop it first, then remove it.',
      });
    if (!history.remove(id)) throw book.unknown(id);
    await rm(book.spoolPath(id), { force: true });
    await removeLaunch(spoolFolder, id);
    await removeTaken(spoolFolder, id);
    book.forget(id);
  }

  /** Removes those of the runs that are over; returns how many. */
  async removeAll(ids: readonly string[]): Promise<number> {
    const { book, history } = this.#deps;
    const over = ids.filter((id) => !book.live(id) && history.line(id) !== null);
    for (const id of over) await this.remove(id);
    return over.length;
  }

  /** See {@link RunService.sweep}. */
  async sweep(engine: Engine, reconcile: boolean): Promise<number> {
    const { instance, owner, ownerAlive, book, networkHolds, poolHolds, isKept, wallNow, sweepAge, log } = this.#deps;
    return await sweep(engine, {
      instance,
      owner,
      ownerAlive,
      isLive: (id) => book.live(id) !== undefined || networkHolds(id),
      isHeld: (container) =>
        poolHolds(container.labels[LABEL.pool] ?? '') ||
        book.allLive().some(({ record }) => record.containerId === container.id),
      isKept,
      now: wallNow,
      age: reconcile ? 0 : sweepAge(),
      log,
    });
  }

  /** Deletes output that is too old or too much; what is pinned or goes on stays. */
  async retain(rules: { readonly bytes: number; readonly ageMs: number }): Promise<void> {
    const { book, history, spoolFolder, wallNow, log } = this.#deps;
    const removed = await retain({
      ...rules,
      folder: spoolFolder,
      now: wallNow(),
      keep: (id) => {
        const line = history.line(id);
        return book.live(id) !== undefined || (line !== null && (line.pinned || isLive(line.state)));
      },
    });
    if (removed.length > 0) log.info('output of old runs was deleted', { runs: removed.length });
  }
}
