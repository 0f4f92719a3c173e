/** What every row works with: a real engine with images, and a run service on it. */
import { resolve } from 'node:path';
import { createImages } from '#core/images/index.ts';
import type { Engine } from '#core/engine/port.ts';
import { createHarness, type Harness } from '#core/runs/testing/harness.ts';
import { imageEngine } from '#core/runs/testing/image-engine.ts';
import { silentLog } from '#core/storage/log.ts';
import type { Paths } from '#core/storage/paths.ts';
import type { Capabilities } from '#shared/domain/engine.ts';
import { RUNTIMES, type Runtime } from '#shared/domain/run.ts';

export interface Bench {
  readonly engine: Engine;
  readonly capabilities: Capabilities;
  readonly harness: Harness;
  readonly paths: Paths;
  /** Reference of a runtime's image on this engine. */
  readonly image: (runtime: Runtime) => string;
  dispose(): Promise<void>;
}

/** Starts the engine of the tests and sees to it that its images are there. */
export async function openBench(): Promise<Bench> {
  const root = resolve(import.meta.dirname, '..');
  const docker = await imageEngine();
  const harness = await createHarness(docker.engine, docker.capabilities);
  const paths: Paths = {
    assets: resolve(root, 'assets'),
    renderer: resolve(root, 'dist/renderer'),
    data: harness.folder,
    config: harness.folder,
  };
  const images = createImages({ engine: () => docker.engine, paths, log: silentLog });
  for (const runtime of RUNTIMES) await images.ensure(runtime);
  return {
    engine: docker.engine,
    capabilities: docker.capabilities,
    harness,
    paths,
    image: (runtime) => images.reference(runtime),
    dispose: async () => {
      await harness.dispose();
      await images.dispose();
      await docker.dispose();
    },
  };
}
