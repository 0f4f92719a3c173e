/** The signals that ask a command to end. */
import type { StopSignal } from './world.ts';

const SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** A person who asks this often does not want to wait for a tidy end. */
const ENOUGH = 3;

/** Calls the listener for each signal, `impatient` at the third; returns how to stop listening. */
export function onStopSignals(listener: (signal: StopSignal) => void, impatient: () => void): () => void {
  let count = 0;
  const handlers = SIGNALS.map((signal) => {
    const handler = (): void => {
      count += 1;
      if (count >= ENOUGH) impatient();
      else listener(signal);
    };
    process.on(signal, handler);
    return () => process.off(signal, handler);
  });
  return () => {
    for (const off of handlers) off();
  };
}
