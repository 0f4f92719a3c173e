/** Watches one connected engine: a ping now and then, and the events stream, whose break tells at once (ENG-5). */
import type { Engine } from './port.ts';
import { LABEL } from '#shared/domain/labels.ts';

/** Milliseconds between two pings, and how long one may take. */
export const PING_EVERY = 5000;
export const PING_LIMIT = 5000;

/** One silent ping under load is no loss; a refused one is. */
const SILENT_PINGS = 2;

/**
 * Calls `onLost` once with the reason when the engine is gone. Returns the way to stop watching.
 */
export function watchConnection(engine: Engine, onLost: (reason: string) => void): () => void {
  const stopped = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let silent = 0;

  const lose = (reason: string): void => {
    if (stopped.signal.aborted) return;
    stop();
    onLost(reason);
  };
  const check = async (): Promise<void> => {
    clearTimeout(timer);
    try {
      await engine.ping(PING_LIMIT);
      silent = 0;
    } catch (problem) {
      const text = problem instanceof Error ? ((problem as { why?: string }).why ?? problem.message) : String(problem);
      silent++;
      const timedOut = /gave no answer in time/.test(text);
      if (!timedOut || silent >= SILENT_PINGS) return lose(text);
    }
    if (!stopped.signal.aborted) timer = setTimeout(() => void check(), PING_EVERY);
  };
  const follow = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      try {
        await engine.events({ [LABEL.app]: '' }, () => {}, stopped.signal);
      } catch {
        if (!stopped.signal.aborted) await check();
      }
      if (!stopped.signal.aborted) await new Promise((resolve) => setTimeout(resolve, PING_EVERY));
    }
  };
  const stop = (): void => {
    clearTimeout(timer);
    stopped.abort();
  };
  timer = setTimeout(() => void check(), PING_EVERY);
  void follow();
  return stop;
}
