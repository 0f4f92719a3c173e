/** Keeps a viewer's picture of a run up to date through lost connections. */
import type { RunDetail } from '#shared/contract/runs.ts';
import type { RunEvent } from '#shared/domain/run.ts';

/** The part of the client that following needs. */
export interface RunSource {
  get(input: { id: string }): Promise<RunDetail>;
  watch(input: { id: string; after?: number }, options: { signal: AbortSignal }): Promise<AsyncIterable<RunEvent[]>>;
}

export interface FollowTo {
  /** The whole picture; replaces everything before. Returns where to go on from. */
  start(detail: RunDetail): number | undefined;
  take(events: RunEvent[]): void;
  /** The connection broke; it is tried again. */
  lost(failure: unknown): void;
}

/** Waits between attempts, ms. */
const WAITS = [250, 500, 1000, 2000, 5000];

/** An answer that trying again cannot change: no such run, bad input. */
function isFinal(failure: unknown): boolean {
  const code = (failure as { data?: { code?: unknown } } | null)?.data?.code;
  return code === 'input-invalid' || code === 'auth';
}

/**
 * Gets the run, then watches it until it is finished or the signal aborts.
 * After every break it gets the whole run again, so that no hole is left. Throws only what trying again cannot change.
 */
export async function follow(
  source: RunSource,
  id: string,
  to: FollowTo,
  signal: AbortSignal,
  sleep: (ms: number) => Promise<void> = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
): Promise<void> {
  for (let failures = 0; !signal.aborted;) {
    try {
      const detail = await source.get({ id });
      if (signal.aborted) return;
      const after = to.start(detail);
      failures = 0;
      if (detail.summary.state === 'finished') return;
      for await (const events of await source.watch({ id, after }, { signal })) {
        to.take(events);
        if (events.some((event) => event.type === 'finished')) break;
      }
      if (!signal.aborted) await sleep(WAITS[0] ?? 0);
    } catch (failure) {
      if (signal.aborted) return;
      if (isFinal(failure)) throw failure;
      to.lost(failure);
      await sleep(WAITS[Math.min(failures, WAITS.length - 1)] ?? 0);
      failures += 1;
    }
  }
}
