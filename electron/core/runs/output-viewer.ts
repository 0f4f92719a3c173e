/** One viewer of a run's output: an acknowledged window over the spool, so that a slow reader costs nothing (design, Contract and hosts). */
import { AppError } from '#shared/lib/app-error.ts';
import type { OutputMessage } from '#shared/contract/runs.ts';
import type { OutputSpool } from './output-spool.ts';

/** Most bytes that a viewer may have on the way, unacknowledged. */
export const WINDOW = 256 * 1024;
const READ = 64 * 1024;

/** What a viewer must know of the run beyond the spool. */
export interface OutputState {
  /** Bytes of the spool that can be read. */
  readonly size: number;
  /** No more output will come. */
  readonly ended: boolean;
  readonly kept: number;
  readonly dropped: number;
  /** Why output was dropped, in one sentence. */
  readonly droppedWhy: string;
}

export class OutputViewers {
  readonly #viewers = new Map<string, { acknowledged: number; wake: () => void }>();
  readonly #newId: () => string;

  constructor(newId: () => string) {
    this.#newId = newId;
  }

  /** The viewer has written everything up to `seq`. Throws `input-invalid` for a viewer that is gone. */
  ack(viewer: string, seq: number): void {
    const one = this.#viewers.get(viewer);
    if (!one)
      throw new AppError({
        code: 'input-invalid',
        message: 'This viewer of the output has been closed.',
        next: 'Open the run again.',
      });
    if (Number.isFinite(seq) && seq > one.acknowledged) one.acknowledged = seq;
    one.wake();
  }

  /**
   * Replays from `from` (a `seq` seen before, 0 for the beginning) and follows until the run's output ends.
   * `spool` is the viewer's own handle, so that a run may close its own; `changed` registers for news and returns how to stop listening.
   */
  async *view(
    spool: OutputSpool,
    state: () => OutputState,
    from: number,
    changed: (listener: () => void) => () => void,
    signal?: AbortSignal,
  ): AsyncGenerator<OutputMessage> {
    const id = this.#newId();
    let wake = (): void => {};
    let news = false;
    const viewer = {
      acknowledged: from,
      wake: (): void => {
        news = true;
        wake();
      },
    };
    this.#viewers.set(id, viewer);
    const stop = changed(viewer.wake);
    signal?.addEventListener('abort', viewer.wake, { once: true });
    try {
      yield { type: 'open', viewer: id, from };
      let at = from;
      let told = 0;
      while (!signal?.aborted) {
        news = false;
        const now = state();
        const records = at - viewer.acknowledged < WINDOW ? await spool.read(at, READ, now.size) : [];
        for (const record of records) {
          yield { type: 'chunk', chunk: { seq: record.end, stream: record.stream, at: record.at, text: record.text } };
          at = record.end;
        }
        if (records.length > 0) continue;
        const caughtUp = at >= now.size;
        if (caughtUp && now.dropped > 0 && (told === 0 || now.ended)) {
          if (now.dropped > told) yield { type: 'gap', bytes: now.dropped - told, why: now.droppedWhy };
          told = now.dropped;
        }
        if (caughtUp && now.ended) {
          yield { type: 'end', kept: now.kept, dropped: now.dropped };
          return;
        }
        if (!news) {
          await new Promise<void>((resolve) => {
            wake = resolve;
            if (news) resolve();
          });
        }
      }
    } finally {
      stop();
      signal?.removeEventListener('abort', viewer.wake);
      this.#viewers.delete(id);
    }
  }
}
