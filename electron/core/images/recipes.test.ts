import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RUNTIMES } from '#shared/domain/run.ts';
import { readRecipes } from './recipes.ts';

const original = fileURLToPath(new URL('../../../assets/images', import.meta.url));
let assets: string;

beforeEach(async () => {
  assets = await mkdtemp(join(tmpdir(), 'bellglass-recipes-'));
  await cp(original, join(assets, 'images'), { recursive: true });
});

afterEach(() => rm(assets, { recursive: true, force: true }));

const references = (): string[][] => {
  const recipes = readRecipes(assets);
  return RUNTIMES.map((runtime) => recipes[runtime].map((recipe) => recipe.reference));
};

it('names each image after the hash of its inputs, the same every time (IMG-1)', () => {
  expect(references()).toEqual(references());
  for (const [base, system, image] of references()) {
    expect(base).toMatch(/^bellglass\/base:[0-9a-f]{12}$/);
    expect(system).toMatch(/^bellglass\/(python|node|bash|polyglot)-system:[0-9a-f]{12}$/);
    expect(image).toMatch(/^bellglass\/(python|node|bash|polyglot):[0-9a-f]{12}$/);
  }
});

it('a new warden changes the last layer only, which needs no network (IMG-1)', async () => {
  const before = references();
  await writeFile(join(assets, 'images/base/rootfs/usr/lib/bellglass/warden'), '#!/usr/bin/perl\n');
  for (const [index, [base, system, image]] of references().entries()) {
    expect([base, system]).toEqual(before[index]?.slice(0, 2));
    expect(image).not.toBe(before[index]?.[2]);
  }
});

it('a new base changes every image above it (IMG-1)', async () => {
  const before = references();
  await writeFile(join(assets, 'images/base/build/harden'), '#!/bin/sh\n');
  for (const [index, chain] of references().entries()) {
    for (const [depth, reference] of chain.entries()) expect(reference).not.toBe(before[index]?.[depth]);
  }
});

it('a new Dockerfile of one runtime leaves the others alone (IMG-1)', async () => {
  const before = references();
  await writeFile(join(assets, 'images/node/Dockerfile'), 'ARG BASE\nFROM ${BASE}\n');
  const after = references();
  for (const [index, runtime] of RUNTIMES.entries()) {
    if (runtime === 'node') expect(after[index]).not.toEqual(before[index]);
    else expect(after[index]).toEqual(before[index]);
  }
});

it('makes our programs executable whatever the disk says (RUN-3)', () => {
  const image = readRecipes(assets).bash[2];
  const modes = Object.fromEntries(image.files.map((file) => [file.path, file.mode]));
  expect(modes['rootfs/usr/lib/bellglass/warden']).toBe(0o755);
  expect(modes['rootfs/usr/lib/bellglass/waiter']).toBe(0o755);
  expect(modes['Dockerfile']).toBe(0o644);
});

it('says that its own files are damaged (ENG-7)', () => {
  expect(() => readRecipes('/nonexistent')).toThrow(expect.objectContaining({ code: 'storage' }));
});
