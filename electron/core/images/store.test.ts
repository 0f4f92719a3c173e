import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { BuildProgress } from '#shared/contract/system.ts';
import { resolvePaths } from '../storage/paths.ts';
import { silentLog } from '../storage/log.ts';
import type { Bootstrap } from './bootstrap.ts';
import { createImages, type ImageStore } from './store.ts';
import { contextOf, fakeEngine, type FakeEngine } from './testing/fake-engine.ts';
import { containing, including, matching } from './testing/like.ts';

const paths = resolvePaths({}, fileURLToPath(new URL('../../../', import.meta.url)));
const bootstrap: Bootstrap = { base: async () => 'debian:here' };

function setUp(): { engine: FakeEngine; images: ImageStore } {
  const engine = fakeEngine();
  return { engine, images: createImages({ engine: () => engine, paths, log: silentLog, version: '1.2.3', bootstrap }) };
}

const names = (engine: FakeEngine): string[] =>
  engine.asked.filter((line) => line.startsWith('build')).map((line) => line.replace(/:[0-9a-f]{12}/g, ''));

async function all(progress: AsyncIterable<BuildProgress>): Promise<BuildProgress[]> {
  return await Array.fromAsync(progress);
}

it('builds what is missing, each on the one below, with labels (IMG-1)', async () => {
  const { engine, images } = setUp();
  const seen: BuildProgress[] = [];
  const image = await images.ensure('python', (progress) => seen.push(progress));
  expect(names(engine)).toEqual([
    'build bellglass/base from debian:here',
    'build bellglass/python-system from bellglass/base',
    'build bellglass/python from bellglass/python-system',
  ]);
  expect(image.tags).toEqual([images.reference('python')]);
  expect(image.labels).toMatchObject({
    'app.bellglass': '1',
    'app.bellglass.kind': 'image',
    'app.bellglass.version': '1.2.3',
    'app.bellglass.inputs': matching(/^[0-9a-f]{64}$/),
    'app.bellglass.hardening': containing('no-setuid'),
  });
  expect(seen.at(-1)).toMatchObject({ state: 'done', step: 'Ready' });
  expect(seen.at(-1)?.done).toBe(seen.at(-1)?.of);
});

it('builds nothing when the image is there, and only the rest when the base is (IMG-1)', async () => {
  const { engine, images } = setUp();
  await images.ensure('python');
  engine.asked.length = 0;
  await images.ensure('python');
  expect(engine.asked).toEqual([]);
  await images.ensure('bash');
  expect(names(engine)).toEqual([
    'build bellglass/bash-system from bellglass/base',
    'build bellglass/bash from bellglass/bash-system',
  ]);
});

it('builds again an image that was deleted in the meantime (IMG-1)', async () => {
  const { engine, images } = setUp();
  await images.ensure('python');
  engine.store.delete(images.reference('python'));
  engine.asked.length = 0;
  await images.ensure('python');
  expect(names(engine)).toEqual(['build bellglass/python from bellglass/python-system']);
});

it('hands the engine a context with the Dockerfile and our executable programs (RUN-3)', async () => {
  const { engine, images } = setUp();
  const contexts: Awaited<ReturnType<typeof contextOf>>[] = [];
  engine.onBuild = async (build) => {
    contexts.push(await contextOf(build));
  };
  await images.ensure('bash');
  expect(contexts.every((context) => context.get('Dockerfile')?.text.includes('FROM'))).toBe(true);
  expect(contexts[2]?.get('rootfs/usr/lib/bellglass/warden')?.mode).toBe(0o755);
  expect(contexts[0]?.get('build/harden')?.mode).toBe(0o755);
});

it('shares one build between callers at the same time (IMG-1)', async () => {
  const { engine, images } = setUp();
  const [one, two] = await Promise.all([images.ensure('node'), images.ensure('node')]);
  expect(one).toBe(two);
  expect(names(engine)).toHaveLength(3);
});

it('names the failing step and the full disk, and the card keeps it (ENG-7)', async () => {
  const { engine, images } = setUp();
  engine.onBuild = async () => {
    throw new Error('write /x: no space left on device');
  };
  await expect(images.ensure('python')).rejects.toMatchObject({
    code: 'image-build',
    message: 'The python image could not be built: the step “Doing something (RUN something)” failed.',
    why: containing('no space is left'),
    next: containing('Free'),
  });
  const card = (await images.cards()).find((one) => one.runtime === 'python');
  expect(card).toMatchObject({ state: 'failed', error: containing('could not be built') });
});

it('goes on with the next image after a failure, and reports it (IMG-1)', async () => {
  const { engine, images } = setUp();
  engine.onBuild = async (build) => {
    if (build.tag.includes('python')) throw new Error('broken');
  };
  const ends = (await all(images.build(['python', 'bash'], false))).filter((one) => one.state !== 'running');
  expect(ends.map((one) => [one.runtime, one.state])).toEqual([
    ['python', 'failed'],
    ['bash', 'done'],
  ]);
});

it('forces every build, the gateway among them, the shared base once (IMG-1)', async () => {
  const { engine, images } = setUp();
  await all(images.build(undefined, false));
  engine.asked.length = 0;
  await all(images.build(undefined, true));
  expect(names(engine).filter((line) => line.includes('bellglass/base from'))).toHaveLength(1);
  expect(names(engine)).toHaveLength(11);
});

it('says done at once for images that are there (IMG-1)', async () => {
  const { engine, images } = setUp();
  await images.ensure('bash');
  engine.asked.length = 0;
  expect((await all(images.build(['bash'], false))).map((one) => one.state)).toEqual(['done']);
  expect(names(engine)).toEqual([]);
});

it('stops the engine’s build when the only caller gives up (IMG-1)', async () => {
  const { engine, images } = setUp();
  const giveUp = new AbortController();
  const stopped = Promise.withResolvers<void>();
  engine.onBuild = (build) =>
    new Promise((_resolve, reject) => {
      build.signal?.addEventListener('abort', () => {
        stopped.resolve();
        reject(new Error('aborted'));
      });
      giveUp.abort();
    });
  await expect(images.ensure('python', undefined, giveUp.signal)).rejects.toMatchObject({
    code: 'image-build',
    message: 'The build was cancelled.',
  });
  await stopped.promise;
  await images.dispose();
  expect((await images.cards()).map((card) => card.state)).toEqual(['missing', 'missing', 'missing', 'missing']);
});

it('tells missing, building, ready and stale apart (IMG-1)', async () => {
  const { engine, images } = setUp();
  const during = Promise.withResolvers<string[]>();
  engine.onBuild = async () => during.resolve((await images.cards()).map((card) => card.state));
  await images.ensure('node');
  expect(await during.promise).toEqual(['missing', 'building', 'missing', 'missing']);
  const older = engine.store.get(images.reference('node'))!;
  engine.store.set('old', { ...older, tags: ['bellglass/bash:000000000000'] });
  const cards = await images.cards();
  expect(cards.map((card) => card.state)).toEqual(['missing', 'ready', 'stale', 'missing']);
  expect(cards[1]).toMatchObject({ version: '1.2.3', size: 1, contents: including('Node.js 18') });
});

it('has one hash for all inputs (IMG-1)', () => {
  expect(setUp().images.inputsHash()).toBe(setUp().images.inputsHash());
  expect(setUp().images.inputsHash()).toMatch(/^[0-9a-f]{64}$/);
});
