/** What becomes of a sandbox whose engine goes away and comes back (ENG-5). */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHarness, type Harness } from './testing/harness.ts';
import { imageEngine, type ImageEngine } from './testing/image-engine.ts';

let docker: ImageEngine;
let harness: Harness;

beforeAll(async () => {
  docker = await imageEngine();
  harness = await createHarness(docker.engine, docker.capabilities);
}, 600_000);

afterAll(async () => {
  await harness?.dispose();
  await docker?.dispose();
});

it.each([
  ['without a network', {}],
  ['with a gateway', { 'network.mode': 'restricted' }],
])(
  'lets go of a lost sandbox %s with the verdict, so that the first sweep takes it (ENG-5, RUN-10)',
  async (_, set) => {
    const { runs } = harness;
    const id = await harness.start('bash', 'echo on; sleep 600', { set });
    await harness.printed(id, 'on');
    const held = await harness.left();
    expect(held).toHaveLength('network.mode' in set ? 2 : 1);
    // Nobody else's to take while it goes on.
    expect(await runs.sweep(docker.engine, true)).toBe(0);
    runs.engineLost('The engine is gone.');
    const { detail } = await harness.finished(id);
    expect(detail.summary.verdict?.outcome).toBe('engine-lost');
    await expect.poll(() => runs.isLive(id)).toBe(false);
    // Nothing of it was removed by a run that believes that nobody is there.
    expect((await harness.left()).toSorted()).toEqual(held.toSorted());
    expect(await runs.sweep(docker.engine, true)).toBe(held.length);
    expect(await harness.left()).toEqual([]);
  },
);
