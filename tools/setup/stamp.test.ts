import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { fingerprint } from './stamp.mjs';

async function tree(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bellglass-stamp-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'deep'));
  await writeFile(join(folder, 'deep', 'a.ts'), 'one');
  await writeFile(join(folder, 'b.ts'), 'two');
  return folder;
}

it('is the same while nothing changed', async () => {
  const folder = await tree();
  expect(fingerprint([folder])).toBe(fingerprint([folder]));
});

it('notices a change of the same length, a new file and a removed one', async () => {
  const folder = await tree();
  const seen = new Set([fingerprint([folder])]);
  await writeFile(join(folder, 'b.ts'), 'owt');
  await utimes(join(folder, 'b.ts'), 1, 1);
  seen.add(fingerprint([folder]));
  await writeFile(join(folder, 'deep', 'c.ts'), '');
  seen.add(fingerprint([folder]));
  await rm(join(folder, 'deep'), { recursive: true });
  seen.add(fingerprint([folder]));
  expect(seen.size).toBe(4);
});

it('tells an absent path from an empty folder', async () => {
  const folder = await tree();
  await mkdir(join(folder, 'none'));
  const empty = fingerprint([join(folder, 'none')]);
  await rm(join(folder, 'none'), { recursive: true });
  expect(fingerprint([join(folder, 'none')])).not.toBe(empty);
});
