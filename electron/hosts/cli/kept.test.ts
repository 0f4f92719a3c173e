import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Core } from '#core/core.ts';
import { cli, scriptedWorld } from './testing/scripted-world.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'bellglass-kept-'));
});
afterEach(() => rm(home, { recursive: true }));

const FILES = [
  { path: 'deep', type: 'folder' as const, size: 0, executable: false },
  { path: 'deep/a.txt', type: 'file' as const, size: 5, executable: false },
];

function keeping(removed: string[] = []) {
  return (core: Core): void => {
    const there = new Set(['r1', 'r2']);
    core.kept.list = async () =>
      [...there].map((run) => ({
        run,
        name: 'bad\u001b[31m.py',
        container: 'c'.repeat(64),
        engine: 'unix:///x',
        at: Date.now(),
        until: Date.now() + 3_600_000,
      }));
    core.kept.look = async () => ({
      files: FILES,
      left: [{ path: 'link', reason: 'symlink' }],
      leftMore: 0,
      problem: null,
    });
    core.kept.read = async (_run, _files, _path, from) => ({
      bytes: new TextEncoder().encode('hello').subarray(from),
      size: 5,
    });
    core.kept.remove = async (run) => {
      removed.push(run);
      there.delete(run);
    };
  };
}

it('lists what is kept, in words and as JSON, and neutralises names (RUN-14, HOST-4)', async () => {
  expect((await cli(scriptedWorld(home), 'kept')).stderr).toBe('No sandbox is kept.\n');
  const { stdout } = await cli(scriptedWorld(home, keeping()), 'kept');
  expect(stdout).toMatch(/^r1 {2}bad \[31m\.py {2}c{12} {2}goes in (1 h|59 min.*)\nr2 /);
  const { json } = await cli(scriptedWorld(home, keeping()), 'kept', '--json');
  expect(json()).toMatchObject([{ run: 'r1' }, { run: 'r2' }]);
});

it('copies what is in one, and says what stayed (RUN-14)', async () => {
  const folder = join(home, 'out');
  const { code, stderr } = await cli(scriptedWorld(home, keeping()), 'kept', 'copy', 'r1', folder);
  expect([code, stderr]).toEqual([0, `1 file copied to ${folder}.\nLeft: link (symlink)\n`]);
  expect(await readFile(join(folder, 'deep', 'a.txt'), 'utf8')).toBe('hello');
});

it('removes one, or all, but not by accident (RUN-14)', async () => {
  const removed: string[] = [];
  const world = () => scriptedWorld(home, keeping(removed));
  expect((await cli(world(), 'kept', 'remove')).code).toBe(2);
  expect((await cli(world(), 'kept', 'remove', 'r1', '--all')).code).toBe(2);
  expect(removed).toEqual([]);
  expect((await cli(world(), 'kept', 'remove', 'r2')).stderr).toBe('1 kept sandbox removed.\n');
  expect((await cli(world(), 'kept', 'remove', '--all', '--json')).json()).toEqual([{ removed: ['r1', 'r2'] }]);
  expect(removed).toEqual(['r2', 'r1', 'r2']);
});
