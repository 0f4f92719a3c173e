import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it } from 'vitest';
import { makeFolder } from './folder.ts';

const base = mkdtempSync(join(tmpdir(), 'bellglass-folder-'));

afterEach(() => rmSync(join(base, 'a'), { recursive: true, force: true }));
afterAll(() => rmSync(base, { recursive: true, force: true }));

it('makes a deep folder for its owner only, and is content when it is there (HOST-6)', () => {
  makeFolder(join(base, 'a', 'b'));
  makeFolder(join(base, 'a', 'b'));
  expect(statSync(join(base, 'a', 'b')).mode & 0o777).toBe(0o700);
});

it('refuses with what to do where no folder can be made', () => {
  writeFileSync(join(base, 'a'), '');
  expect(() => makeFolder(join(base, 'a', 'b'))).toThrow(
    expect.objectContaining({ code: 'storage', next: expect.stringContaining('BELLGLASS_HOME') }),
  );
});

it('does not try for ever in a file system that makes nothing', () => {
  expect(() => makeFolder('/proc/bellglass/data')).toThrow(expect.objectContaining({ code: 'storage' }));
});
