/** The runs of this process and the lines of those before: which there are, what changed, what is written down. */
import { join } from 'node:path';
import { AppError } from '#shared/lib/app-error.ts';
import type { RunSummary } from '#shared/domain/run.ts';
import type { History, Marks } from '../../history/history.ts';
import type { Log } from '../../storage/log.ts';
import type { LiveRun } from '../live-run.ts';
import { News } from '../news.ts';

/** Lines of the run list that are kept in memory and sent to a viewer. */
const LIST_LIMIT = 500;
/** What becomes of a live run is written this much later, ms. */
const SAVE_AFTER_MS = 100;

export interface RunBookDeps {
  readonly history: History;
  readonly owner: string;
  readonly spoolFolder: string;
  readonly log: Log;
}

/** What a viewer of the list hears of; null: who waits, or in which order. */
export type BookNews = { readonly id: string; readonly removed: boolean } | null;

/** Where the output of a run is kept. */
export const spoolPath = (folder: string, id: string): string => join(folder, `${id}.output`);

export class RunBook {
  readonly news = new News<BookNews>();
  readonly #deps: RunBookDeps;
  readonly #live = new Map<string, LiveRun>();
  readonly #lines = new Map<string, RunSummary>();
  readonly #left = new WeakSet<LiveRun>();
  /** First writes that are still to come. */
  readonly #first = new Map<string, Promise<void>>();
  /** Runs that the disk refused at least once, which is said once. */
  readonly #refused = new Set<string>();

  constructor(deps: RunBookDeps) {
    this.#deps = deps;
    for (const line of deps.history.list(LIST_LIMIT).toReversed()) this.#lines.set(line.id, line);
  }

  /** Still going, or its sandbox is. */
  live(id: string): LiveRun | undefined {
    return this.#live.get(id);
  }

  /** Oldest first. */
  allLive(): LiveRun[] {
    return [...this.#live.values()];
  }

  /** It is in the list. */
  lists(id: string): boolean {
    return this.#lines.has(id);
  }

  /** Newest first. */
  list(): RunSummary[] {
    return [...this.#lines.keys()].toReversed().map((id) => this.line(id));
  }

  /** How many runs the history has that are not in the list; 0 when it cannot be read. */
  older(): number {
    try {
      return Math.max(0, this.#deps.history.total() - this.#lines.size);
    } catch {
      // A damaged history is said elsewhere; what is at hand is listed all the same.
      return 0;
    }
  }

  /** A live run's line is made when somebody looks, not at each of its ten samples a second. */
  line(id: string): RunSummary {
    const kept = this.#lines.get(id);
    const live = this.#live.get(id)?.record.summary();
    // The record of a run that goes on does not know what a person made of it meanwhile.
    if (live && kept) return { ...live, pinned: kept.pinned, tags: kept.tags, note: kept.note };
    const line = live ?? kept;
    if (!line) throw this.unknown(id);
    return line;
  }

  /** Takes up a run; one that is not hidden gets a line, and is written down whenever its state changes. */
  add(run: LiveRun): void {
    const { record, hidden } = run;
    const { id } = record;
    this.#live.set(id, run);
    if (hidden) return;
    this.#lines.set(id, record.summary());
    let saved = record.position.state;
    let saving: NodeJS.Timeout | null = null;
    const save = (): void => {
      saving = null;
      if (record.verdict === null) this.save(run);
    };
    const changed = (): void => {
      const { state } = record.position;
      if (state !== saved) saving ??= setTimeout(save, SAVE_AFTER_MS).unref();
      saved = state;
      this.news.publish(id, { id, removed: false });
    };
    record.onChange(changed);
    this.news.publish(id, { id, removed: false });
    // Writing takes a millisecond each time, which the script would wait for; the end is written by whoever closes it.
    const first = new Promise<void>((resolve) => {
      setImmediate(() => {
        save();
        this.#first.delete(id);
        resolve();
      });
    });
    this.#first.set(id, first);
  }

  /** Resolves when a run that was taken up stands in the history, or the disk has refused it. */
  async written(id: string): Promise<void> {
    await this.#first.get(id);
  }

  /** Its sandbox is gone: only its line stays. */
  close({ record, hidden }: LiveRun): void {
    const { id } = record;
    if (!hidden) this.#lines.set(id, this.#deps.history.line(id) ?? record.summary());
    this.#live.delete(id);
  }

  /** Who waits, or in which order, may have changed. */
  queueChanged(): void {
    this.news.publish('', null);
  }

  /** What the history knows of a run that no process has has changed. */
  reload(id: string): void {
    const line = this.#deps.history.line(id);
    if (line === null) return;
    this.#lines.set(id, line);
    this.news.publish(id, { id, removed: false });
  }

  /** Writes down a run that somebody else has from now on. */
  leave(run: LiveRun): void {
    this.save(run);
    this.#left.add(run);
  }

  save(run: LiveRun): void {
    if (this.#left.has(run)) return;
    const { record } = run;
    const failure = this.#deps.history.keep(record.summary(), this.#deps.owner, record.detail());
    if (failure === null || this.#refused.has(record.id)) return;
    this.#refused.add(record.id);
    this.#deps.log.error('a run could not be written to the history', { run: record.id, problem: failure.message });
    record.addNote('The history could not be written; this run is kept in memory until the disk takes it.');
  }

  /** Changes what the person made of runs (pin, tags, note); returns how many there were. */
  mark(ids: readonly string[], marks: Marks): number {
    const { history } = this.#deps;
    const found = ids.filter((id) => history.mark(id, marks));
    for (const id of found) {
      const line = history.line(id);
      if (line && this.#lines.has(id)) this.#lines.set(id, line);
      this.news.publish(id, { id, removed: false });
    }
    return found.length;
  }

  /** Takes the line out; what is on disk is the caller's. */
  forget(id: string): void {
    this.#lines.delete(id);
    this.#refused.delete(id);
    this.news.publish(id, { id, removed: true });
  }

  /** The history is a fresh one: it has what goes on, and nothing of before. */
  fresh(): void {
    const { history, owner } = this.#deps;
    for (const { record, hidden } of this.#live.values())
      if (!hidden) history.keep(record.summary(), owner, record.detail());
    for (const id of this.#lines.keys()) if (!this.#live.has(id) && history.line(id) === null) this.forget(id);
  }

  /** Where the output of a run is kept. */
  spoolPath(id: string): string {
    return spoolPath(this.#deps.spoolFolder, id);
  }

  /** Throws AppError `input-invalid` for a run that has ended or never was. */
  require(id: string): LiveRun {
    const run = this.#live.get(id);
    if (!run)
      throw this.#lines.has(id)
        ? new AppError({ code: 'input-invalid', message: 'This run has ended.', next: 'Run it again.' })
        : this.unknown(id);
    return run;
  }

  unknown(id: string): AppError {
    return new AppError({
      code: 'input-invalid',
      message: `There is no run ${id.slice(0, 40)}.`,
      next: 'Choose one from the list of runs (`bellglass history`).',
    });
  }
}
