import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LABEL } from '#shared/domain/labels.ts';
import { createImages, type ImageStore } from '../images/index.ts';
import { imageEngine, type ImageEngine } from '../runs/testing/image-engine.ts';
import { silentLog } from '../storage/log.ts';
import { createNetwork } from './create.ts';
import type { NetworkService, OpenNetwork } from './network-service.ts';

const PLAN = {
  mode: 'restricted',
  allow: ['good.test'],
  block: [],
  dns: '198.51.100.53',
  hosts: {},
  publish: [],
  download: 5_000_000,
  upload: 1_000_000,
  connections: 10,
  onBreach: 'refuse',
} as const;

describe('gateways made ahead (RUN-11)', () => {
  let docker: ImageEngine;
  let images: ImageStore;
  let network: NetworkService;
  const folder = mkdtempSync(join(tmpdir(), 'bellglass-net-'));
  const labels = { [LABEL.instance]: `spares-${process.pid}`, [LABEL.owner]: 'test' };

  beforeAll(async () => {
    docker = await imageEngine();
    const assets = resolve(import.meta.dirname, '../../../assets');
    const paths = { assets, data: folder, config: folder, renderer: '' };
    images = createImages({ engine: () => docker.engine, paths, log: silentLog });
    network = createNetwork({ images, paths, labels, log: silentLog, spares: true });
  });
  afterAll(async () => {
    await network?.dispose();
    await images?.dispose();
    await docker?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = (runId: string, plan: OpenNetwork['plan'] = PLAN) =>
    network.open({
      runId,
      plan,
      engine: docker.engine,
      signal: new AbortController().signal,
      onStep: () => {},
      onEvent: () => {},
      onLost: () => {},
    });
  const ours = () => docker.engine.containers({ [LABEL.instance]: labels[LABEL.instance], [LABEL.kind]: 'gateway' });

  it('begins one for a run that is foreseen, which takes it even before it is up; none for a run without network (RUN-11)', async () => {
    network.foresee(docker.engine, { mode: 'none' });
    network.foresee(docker.engine, { ...PLAN, publish: ['18098:80'] });
    expect(await ours()).toEqual([]);
    network.foresee(docker.engine, PLAN);
    network.foresee(docker.engine, PLAN);
    const run = await open('run-0');
    const [begun, ...more] = await ours();
    expect([begun?.id, more]).toEqual([run.gateway, []]);
    expect(begun?.labels[LABEL.run]).toMatch(/^spare-/);
    await run.ready;
    await run.remove();
  });

  it('gives a later run one that waits, never the same twice, and leaves none at the end (RUN-11, RUN-10)', async () => {
    const first = await open('run-1');
    await first.ready;
    await first.remove();
    await expect.poll(async () => (await ours()).map(({ state }) => state), { timeout: 20_000 }).toEqual(['running']);
    const [waiting] = await ours();
    expect(waiting!.id).not.toBe(first.gateway);
    expect(network.holds(waiting!.labels[LABEL.run]!)).toBe(true);
    await expect
      .poll(
        async () => {
          const next = await open('run-2');
          await next.ready;
          await next.remove();
          return next.gateway;
        },
        { timeout: 20_000, interval: 1500 },
      )
      .toBe(waiting!.id);
    const published = await open('run-3', { ...PLAN, publish: ['18098:80'] });
    await published.ready;
    const [own] = (await ours()).filter(({ labels: own }) => own[LABEL.run] === 'run-3');
    expect(own?.id).toBe(published.gateway);
    await published.remove();
    await network.dispose();
    expect(await ours()).toEqual([]);
    expect(await docker.engine.networks({ [LABEL.instance]: labels[LABEL.instance] })).toEqual([]);
  });
});
