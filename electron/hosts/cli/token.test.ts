import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cli, scriptedWorld } from './testing/scripted-world.ts';

let home = '';
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'bellglass-cli-token-'));
});
afterEach(async () => rm(home, { recursive: true, force: true }));

it('makes, lists and removes tokens, and shows a token once (HOST-3)', async () => {
  const world = scriptedWorld(home);
  const made = await cli(
    world,
    'token',
    'add',
    'ci',
    '--policy',
    'limited',
    '--ceiling',
    'resources.memory=256MiB',
    '--runs',
    'unlimited',
  );
  expect([made.code, made.stdout]).toEqual([0, expect.stringMatching(/^bgt_\S+\n$/)]);
  expect(made.stderr).toContain('shown once');
  const again = Object.assign(scriptedWorld(home), { createCore: world.createCore });
  const listed = await cli(again, 'token', 'list');
  expect(listed.stdout).toBe(
    'ci: limited; at most resources.memory 256MiB; any number of runs at once, 120 a minute; since 1970-01-01\n',
  );
  const json = Object.assign(scriptedWorld(home), { createCore: world.createCore });
  expect((await cli(json, 'token', 'list', '--json')).json()).toMatchObject([{ name: 'ci', quota: { runs: null } }]);
  const gone = Object.assign(scriptedWorld(home), { createCore: world.createCore });
  expect((await cli(gone, 'token', 'remove', 'ci', '--json')).json()).toEqual([{ removed: 'ci' }]);
  const twice = Object.assign(scriptedWorld(home), { createCore: world.createCore });
  expect((await cli(twice, 'token', 'remove', 'ci')).code).not.toBe(0);
});

it.each([
  [['--policy', 'limitd'], 'Did you mean `limited`?'],
  [['--ceiling', 'resources.memory'], 'has no value'],
  [['--ceiling', 'resources.memry=1MiB'], 'no policy field'],
  [['--runs', '0'], 'number from 1'],
  [['--per-minute', 'many'], 'number from 1'],
])('says what is wrong with %s (HOST-3)', async (options, said) => {
  const { code, stderr, stdout } = await cli(scriptedWorld(home), 'token', 'add', 'ci', ...options);
  expect([code === 0, stdout]).toEqual([false, '']);
  expect(stderr).toContain(said);
});
