/** The engines on which the tests of the network run. */
import type { Capabilities } from '#shared/domain/engine.ts';
import { hostFacts } from '../../engine/capabilities/host.ts';
import { quickCapabilities } from '../../engine/capabilities/quick.ts';
import type { Engine } from '../../engine/port.ts';
import { startTestPodman, whyNoTestEngine } from '../../engine/testing/index.ts';
import { loadRuntimeImages } from '../../images/testing/load.ts';
import { imageEngine } from '../../runs/testing/image-engine.ts';

export interface Used {
  readonly engine: Engine;
  readonly capabilities: Capabilities;
  dispose(): Promise<void>;
}

async function podman(): Promise<Used> {
  const test = await startTestPodman();
  await loadRuntimeImages(test, ['python', 'gateway']);
  const { engine } = test;
  const capabilities = quickCapabilities(await engine.version(), await engine.facts(), await hostFacts());
  return { engine, capabilities, dispose: () => test.dispose() };
}

/** Name, how to start it, and why not. */
export const ENGINES: readonly (readonly [string, () => Promise<Used>, string | null])[] = [
  ['Docker', imageEngine, null],
  ['Podman', podman, whyNoTestEngine('podman')],
];
