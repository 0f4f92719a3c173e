import { expect, it } from 'vitest';
import { silentLog } from '../storage/log.ts';
import type { ImageInfo } from '../engine/port.ts';
import { prune, removeLeftovers, superseded } from './cleanup.ts';
import { BUILD_LABEL } from './context.ts';
import { fakeEngine } from './testing/fake-engine.ts';

const image = (created: number, ...tags: string[]): ImageInfo => ({
  id: `sha256:${created}`,
  tags,
  size: 1,
  created,
  labels: {},
  digests: [],
  env: {},
  onBuild: [],
  volumes: [],
});

it('keeps the current version and the newest other one of each image (IMG-1)', () => {
  const images = [
    image(1, 'bellglass/python:aaaaaaaaaaaa'),
    image(2, 'bellglass/python:bbbbbbbbbbbb'),
    image(3, 'localhost/bellglass/python:cccccccccccc'),
    image(4, 'bellglass/node:dddddddddddd'),
  ];
  expect(superseded(images, new Set(['bellglass/python:cccccccccccc']))).toEqual(['bellglass/python:aaaaaaaaaaaa']);
  expect(superseded(images, new Set(['bellglass/python:aaaaaaaaaaaa']))).toEqual(['bellglass/python:bbbbbbbbbbbb']);
});

it('never names a tag that is not one of ours (IMG-1)', () => {
  const foreign = [
    'bellglass/python:latest',
    'python:3.11',
    'registry.example/bellglass/python:aaaaaaaaaaaa',
    'bellglass/bootstrap:bookworm',
  ];
  expect(
    superseded(
      foreign.map((tag, index) => image(index, tag)),
      new Set(),
    ),
  ).toEqual([]);
});

it('asks for images by our labels only, and goes on when one is in use (IMG-1)', async () => {
  const engine = fakeEngine();
  for (const [index, letter] of ['a', 'b', 'c'].entries()) {
    const tag = `bellglass/bash:${letter.repeat(12)}`;
    engine.store.set(tag, { ...image(index, tag), labels: { 'app.bellglass': '1', 'app.bellglass.kind': 'image' } });
  }
  engine.store.set('bellglass/bash:dddddddddddd', image(9, 'bellglass/bash:dddddddddddd'));
  engine.removeImage = async (reference) => {
    engine.asked.push(`remove ${reference}`);
    throw new Error('in use');
  };
  await prune(engine, silentLog, new Set());
  expect(engine.asked).toEqual(['remove bellglass/bash:aaaaaaaaaaaa']);
});

it('removes what an earlier process left half-built, but nothing young and nothing tagged (IMG-1)', async () => {
  const engine = fakeEngine();
  const labels = { [BUILD_LABEL]: 'x' };
  const hour = 3_600_000;
  engine.store.set('old', { ...image(1), labels });
  engine.store.set('young', { ...image(2 * hour), labels });
  engine.store.set('tagged', { ...image(2, 'bellglass/base:aaaaaaaaaaaa'), labels });
  await removeLeftovers(engine, silentLog, 2 * hour + 1);
  expect(engine.asked).toEqual(['remove sha256:1']);
});
