/** Waits for what the search for an engine comes to. */
import type { Core } from '#core/core.ts';
import type { EngineStatus } from '#shared/domain/engine.ts';

/** The first status that is not a step on the way; `onStep` hears the steps. */
export async function settledEngine(
  core: Core,
  signal: AbortSignal,
  onStep: (status: EngineStatus) => void = () => undefined,
): Promise<EngineStatus> {
  const stop = new AbortController();
  try {
    for await (const status of core.system.watchEngine(AbortSignal.any([signal, stop.signal]))) {
      if (status.state !== 'searching' && status.state !== 'starting') return status;
      onStep(status);
    }
    return core.system.engineStatus();
  } finally {
    stop.abort();
  }
}
