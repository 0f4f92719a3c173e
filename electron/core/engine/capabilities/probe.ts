/** Slow probes. */
import type { Capabilities } from '#shared/domain/engine.ts';
import type { Engine } from '../port.ts';

export function probeCapabilities(_engine: Engine, quick: Capabilities, _cacheFile: string): Promise<Capabilities> {
  return Promise.resolve(quick);
}
