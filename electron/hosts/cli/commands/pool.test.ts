import { expect, it } from 'vitest';
import type { PoolStatus } from '#shared/contract/pool.ts';
import { poolLines } from './pool.ts';

const status: PoolStatus = {
  on: true,
  why: '',
  hits: 3,
  misses: 1,
  waiting: 1,
  memory: 40 << 20,
  budget: 80 << 20,
  sizes: [
    {
      image: 'bellglass/python:1',
      runtime: 'python',
      booted: false,
      memory: 64 << 20,
      waiting: 1,
      making: 1,
      wanted: 2,
    },
  ],
};

it('says what waits and how often it was of use, or why nothing does (RUN-11, HOST-4)', () => {
  expect(poolLines(status)).toEqual([
    '3 of 4 runs found a sandbox waiting.',
    '40 MiB of 80 MiB set aside.',
    '1 of 2 wait, 1 on the way: bellglass/python:1',
  ]);
  const sizes = status.sizes.map((one) => ({ ...one, booted: true, making: 0 }));
  expect(poolLines({ ...status, sizes }).at(-1)).toBe('1 of 2 wait: bellglass/python:1, its interpreter started');
  expect(poolLines({ ...status, on: false, why: 'The settings say `warm_pool: off`.' })).toEqual([
    'Off. The settings say `warm_pool: off`.',
  ]);
});
