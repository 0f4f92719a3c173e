/** A real engine that has (or builds once) the runtime images, for tests of everything above the engine. */
import { resolve } from 'node:path';
import type { Capabilities } from '#shared/domain/engine.ts';
import { createEngineManager } from '../../engine/index.ts';
import type { Engine } from '../../engine/port.ts';
import { silentLog } from '../../storage/log.ts';

export interface ImageEngine {
  /** Of this moment: another one after the engine was started again. */
  readonly engine: Engine;
  readonly capabilities: Capabilities;
  /** As DOCKER_HOST takes it. */
  readonly address: string;
  /** Stops the engine if nobody else uses it; its images stay for the next time. */
  dispose(): Promise<void>;
}

const ASSETS = resolve(import.meta.dirname, '../../../../assets');

/** The data folder under which the tests' engine keeps its images: one per checkout, shared with the browser tests. */
const TEST_ENGINE_HOME = resolve(import.meta.dirname, '../../../../.cache/test-home/data');

/** Starts (or joins) the private engine of the tests; throws with the reason of every attempt when there is none to start. */
export async function imageEngine(): Promise<ImageEngine> {
  const manager = createEngineManager({
    paths: { data: TEST_ENGINE_HOME, config: TEST_ENGINE_HOME, assets: ASSETS, renderer: '' },
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
    log: silentLog,
    chosen: null,
    rememberChoice: async () => {},
    allowPrivate: true,
  });
  const status = await manager.retry({ startPrivate: true });
  if (status.state !== 'ready') {
    await manager.dispose();
    throw new Error(`No engine for the tests: ${JSON.stringify(status, null, 2)}`);
  }
  return {
    get engine() {
      return manager.engine();
    },
    capabilities: manager.capabilities(),
    address: manager.engine().address,
    dispose: () => manager.dispose(),
  };
}
