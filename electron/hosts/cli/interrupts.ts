/** Work that a signal asks to end: gently at first, at once the second time. */
import { EXIT } from './exit-codes.ts';
import type { World } from './world.ts';

/** Thrown when a signal came before there was anything to stop, or a second one came. */
class Interrupted extends Error {}

export interface Interruptible {
  /** Aborted with the first signal. */
  readonly signal: AbortSignal;
  /** Rejects when a signal ends the command. */
  readonly orInterrupted: <T>(work: Promise<T>) => Promise<T>;
  /** From now on the first signal calls this. */
  readonly onStop: (stop: () => void) => void;
}

/** Does the work; its exit code, or that of a cancelled command. */
export async function interruptible(world: World, work: (given: Interruptible) => Promise<number>): Promise<number> {
  const interrupted = Promise.withResolvers<never>();
  interrupted.promise.catch(() => undefined);
  const abort = new AbortController();
  let stop: (() => void) | null = null;
  const unlisten = world.onSignal(() => {
    abort.abort();
    if (stop === null) return interrupted.reject(new Interrupted());
    stop();
    stop = null;
    return undefined;
  });
  try {
    return await work({
      signal: abort.signal,
      orInterrupted: (one) => Promise.race([one, interrupted.promise]),
      onStop: (given) => {
        stop = given;
      },
    });
  } catch (thrown) {
    if (thrown instanceof Interrupted) return EXIT.cancelled;
    throw thrown;
  } finally {
    unlisten();
  }
}
