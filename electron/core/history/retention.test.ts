import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { retain } from './retention.ts';

const NOW = 1_700_000_000_000;
const HOUR = 3_600_000;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'retention-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function output(id: string, size: number, age: number): Promise<void> {
  const path = join(folder, `${id}.output`);
  await writeFile(path, Buffer.alloc(size));
  await utimes(path, (NOW - age) / 1000, (NOW - age) / 1000);
}

const rules = { now: NOW, ageMs: 24 * HOUR, bytes: 250, keep: () => false };

it('deletes what is too old, and nothing that is not an output (RUN-12)', async () => {
  await output('old', 10, 25 * HOUR);
  await output('new', 10, HOUR);
  await writeFile(join(folder, 'note.txt'), 'mine');
  expect(await retain({ ...rules, folder })).toEqual(['old']);
  expect((await readdir(folder)).toSorted()).toEqual(['new.output', 'note.txt']);
});

it('deletes the oldest until the rest fits, and skips pinned and live runs (RUN-12)', async () => {
  for (const [index, id] of ['a', 'b', 'c', 'd'].entries()) await output(id, 100, (10 - index) * HOUR);
  expect(await retain({ ...rules, folder, keep: (id) => id === 'a' })).toEqual(['b', 'c']);
  expect(await retain({ ...rules, folder, keep: (id) => id === 'a' })).toEqual([]);
});

it('counts the files that a run gave back, and deletes them with its output (RUN-9, RUN-12)', async () => {
  await output('with', 10, 2 * HOUR);
  await output('without', 10, HOUR);
  for (const id of ['with', 'without']) await mkdir(join(folder, id, 'files'), { recursive: true });
  await writeFile(join(folder, 'with', 'files', '0'), Buffer.alloc(300));
  expect(await retain({ ...rules, folder, keep: () => true })).toEqual([]);
  expect(await retain({ ...rules, folder })).toEqual(['with']);
  expect((await readdir(folder)).toSorted()).toEqual(['without', 'without.output']);
});

it('does nothing where there is no folder', async () => {
  expect(await retain({ ...rules, folder: join(folder, 'none') })).toEqual([]);
});
