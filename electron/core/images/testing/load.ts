/**
 * Runtime images in a test engine. They are built once per hash of their inputs and kept as tars under `.cache`,
 * so that a fresh engine has them in seconds and without the network.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseAddress } from '../../engine/adapter/address.ts';
import type { TestEngine } from '../../engine/testing/index.ts';
import { imageEngine } from '../../runs/testing/image-engine.ts';
import { resolvePaths, type Paths } from '../../storage/paths.ts';
import { silentLog } from '../../storage/log.ts';
import type { ImageName } from '../recipes.ts';
import { createImages, type ImageStore } from '../store.ts';
import { rawCall } from './raw-api.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const cache = join(root, '.cache', 'test-images');

/** The program's own assets, with a data folder that goes away with the repository's cache. */
export const testPaths: Paths = { ...resolvePaths({}, root), data: join(root, '.cache', 'test-data') };

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

async function save(test: Pick<TestEngine, 'address'>, reference: string, file: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'saving-'));
  try {
    const tar = await rawCall(test, 'GET', `/images/${encodeURIComponent(reference)}/get`);
    await pipeline(tar, createWriteStream(join(folder, 'image.tar')));
    await rename(join(folder, 'image.tar'), file);
    const versions = basename(file).replace(/[0-9a-f]+\.tar$/, '');
    for (const other of await readdir(cache)) {
      if (other.startsWith(versions) && other !== basename(file)) await rm(join(cache, other), { force: true });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Builds in the engine that all tests of this checkout share, so that each image is built once, and keeps its tar. */
async function buildAndSave(runtime: ImageName, file: string): Promise<void> {
  const shared = await imageEngine();
  const images = createImages({ engine: () => shared.engine, paths: testPaths, log: silentLog, version: 'test' });
  try {
    await images.ensure(runtime);
    const address = parseAddress(shared.address);
    if (!address) throw new Error(`no address: ${shared.address}`);
    await save({ address }, images.reference(runtime), file);
  } finally {
    await images.dispose();
    await shared.dispose();
  }
}

/** Puts the images of these runtimes into the engine; returns a store that finds them there. */
export async function loadRuntimeImages(test: TestEngine, runtimes: readonly ImageName[]): Promise<ImageStore> {
  const images = createImages({ engine: () => test.engine, paths: testPaths, log: silentLog, version: 'test' });
  for (const runtime of runtimes) {
    const file = join(cache, `${images.reference(runtime).replace(/\W/g, '-')}.tar`);
    if (!(await exists(file))) await buildAndSave(runtime, file);
    await buffer(await rawCall(test, 'POST', '/images/load?quiet=1', createReadStream(file)));
  }
  return images;
}
