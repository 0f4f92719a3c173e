/** What can be seen of runs, live and past: the list, one run, its events, its output. */
import type { RunEvent } from '#shared/domain/run.ts';
import type { OutputMessage, RunDetail } from '#shared/contract/runs.ts';
import type { ListMessage } from '../../core.ts';
import type { History } from '../../history/history.ts';
import { endedOutput } from '../end/ended-output.ts';
import { pause } from '../news.ts';
import { OutputSpool } from '../output-spool.ts';
import { OutputViewers } from '../output-viewer.ts';
import type { RunBook } from './run-book.ts';

const LIST_EVERY_MS = 100;
const WATCH_EVERY_MS = 16;
const SAVE_STEP = 1024 * 1024;

export interface RunViewsDeps {
  readonly book: RunBook;
  readonly history: History;
  readonly newId: () => string;
  readonly maxConcurrent: () => number;
  /** Ids of those that wait, next one first. */
  readonly order: () => readonly string[];
}

export class RunViews {
  readonly #deps: RunViewsDeps;
  readonly #viewers: OutputViewers;

  constructor(deps: RunViewsDeps) {
    this.#deps = deps;
    this.#viewers = new OutputViewers(deps.newId);
  }

  async *watchList(signal?: AbortSignal): AsyncGenerator<ListMessage> {
    const { book, history, maxConcurrent, order } = this.#deps;
    const news = book.news.subscribe(LIST_EVERY_MS, signal);
    const first = news.next();
    const runs = book.list();
    let limit = maxConcurrent();
    yield { type: 'all', runs, limit, older: book.older() };
    let ids = order();
    if (ids.length > 0) yield { type: 'queue', ids: [...ids], limit };
    try {
      for (let batch = await first; !batch.done; batch = await news.next()) {
        for (const item of batch.value) {
          if (item === null) continue;
          if (item.removed) yield { type: 'removed', id: item.id };
          else if (book.lists(item.id)) yield { type: 'changed', run: book.line(item.id) };
          else {
            const run = history.line(item.id);
            if (run !== null) yield { type: 'older', run };
          }
        }
        if (!batch.value.includes(null)) continue;
        const now = order();
        const slots = maxConcurrent();
        if (slots === limit && now.length === ids.length && now.every((id, at) => id === ids[at])) continue;
        [ids, limit] = [now, slots];
        yield { type: 'queue', ids: [...ids], limit };
      }
    } finally {
      await news.return(undefined);
    }
  }

  async get(id: string): Promise<RunDetail> {
    const { book, history } = this.#deps;
    const live = book.live(id);
    if (live) return { ...live.record.detail(), summary: book.line(id), takesInput: live.takesInput };
    const detail = history.detail(id);
    if (detail) return detail;
    throw book.unknown(id);
  }

  async *watch(id: string, after: number | undefined, signal?: AbortSignal): AsyncGenerator<RunEvent[]> {
    const live = this.#deps.book.live(id);
    if (!live) {
      const events = (await this.get(id)).events.filter((event) => event.at > (after ?? 0));
      if (events.length > 0) yield events;
      return;
    }
    let from = 0;
    let changed = Promise.withResolvers<void>();
    const over = new AbortController();
    const stop = live.record.onChange(() => {
      changed.resolve();
      if (live.record.verdict) over.abort();
    });
    const frame = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
    const abort = (): void => changed.resolve();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      while (!signal?.aborted) {
        const { events, next } = live.record.eventsFrom(from, after ?? 0);
        from = next;
        changed = Promise.withResolvers<void>();
        if (events.length > 0) yield events;
        if (live.record.verdict && live.record.eventsFrom(from, 0).events.length === 0) return;
        if (live.record.eventsFrom(from, 0).events.length === 0) await changed.promise;
        // Nobody waits a frame for the verdict.
        if (!live.record.verdict) await pause(WATCH_EVERY_MS, frame);
      }
    } finally {
      stop();
      signal?.removeEventListener('abort', abort);
    }
  }

  async *output(id: string, from: number, signal?: AbortSignal): AsyncGenerator<OutputMessage> {
    const { book } = this.#deps;
    const live = book.live(id) ?? null;
    const kept = live ? null : (await this.get(id)).output;
    const spool = await OutputSpool.open(book.spoolPath(id));
    try {
      const over = endedOutput(spool.size, kept);
      yield* this.#viewers.view(
        spool,
        () => live?.outputState() ?? over,
        from,
        (listener) => live?.onOutput(listener) ?? (() => {}),
        signal,
      );
    } finally {
      await spool.close();
    }
  }

  ack(viewer: string, seq: number): void {
    this.#viewers.ack(viewer, seq);
  }

  async saveOutput(id: string, limit = Number.POSITIVE_INFINITY): Promise<string> {
    const { book } = this.#deps;
    const live = book.live(id);
    if (live) await live.intake.flush();
    else await this.get(id);
    const spool = await OutputSpool.open(book.spoolPath(id));
    try {
      const parts: string[] = [];
      for (let at = 0; ;) {
        const records = at < limit ? await spool.read(at, Math.min(limit - at, SAVE_STEP)) : [];
        if (records.length === 0) return parts.join('');
        for (const record of records) parts.push(record.text);
        at = records.at(-1)!.end;
      }
    } finally {
      await spool.close();
    }
  }

  /** Resolves when what the script gave back is known, a moment after the verdict, or nothing will be. */
  async settled(id: string, signal?: AbortSignal): Promise<void> {
    const live = this.#deps.book.live(id);
    if (!live) return;
    const known = Promise.withResolvers<void>();
    const look = (): void => {
      if (live.record.detail().data !== null || signal?.aborted === true) known.resolve();
    };
    const stop = live.record.onChange(look);
    signal?.addEventListener('abort', look, { once: true });
    look();
    try {
      await Promise.race([known.promise, live.execution.removed]);
    } finally {
      stop();
      signal?.removeEventListener('abort', look);
    }
  }
}
