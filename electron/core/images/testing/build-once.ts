/**
 * Builds the images in the tests' engine before the first test file, so that files side by side do not build them twice,
 * and keeps that engine up until the last one: it would stop with whoever used it, while the next one joins.
 */
import { imageEngine } from '../../runs/testing/image-engine.ts';
import { silentLog } from '../../storage/log.ts';
import { IMAGES } from '../recipes.ts';
import { createImages } from '../store.ts';
import { testPaths } from './load.ts';

/** Resolves with how to let go of the engine. What fails here fails again in the files that need it, which say it. */
export async function setup(): Promise<() => Promise<void>> {
  const shared = await imageEngine().catch(() => null);
  if (shared === null) return async () => {};
  const images = createImages({ engine: () => shared.engine, paths: testPaths, log: silentLog, version: 'test' });
  try {
    for (const name of IMAGES) await images.ensure(name);
  } catch (failure) {
    console.warn(`The images could not be built beforehand: ${String(failure)}`);
  } finally {
    await images.dispose();
  }
  return () => shared.dispose();
}
