import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cli, scriptedWorld } from './testing/scripted-world.ts';

let home = '';
const file = () => join(home, 'job', 'bellglass.yaml');

beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'bellglass-cli-project-')));
  await mkdir(join(home, 'job', 'sub'), { recursive: true });
  await writeFile(join(home, 'job', 'sub', 'run.sh'), 'true');
  await writeFile(file(), 'trust_level: limited\n');
});
afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

it.each(['job/bellglass.yaml', 'job', 'job/sub', 'job/sub/run.sh'])(
  'approves the project file of %s, lists it and takes it back (POL-3)',
  async (path) => {
    const world = scriptedWorld(home);
    const { policies } = world.core;
    const told = await cli(world, 'project', 'approve', join(home, path));
    expect(told).toMatchObject({ code: 0, stdout: '  trust_level: limited\n' });
    expect(policies.approvals()).toMatchObject([{ path: file(), hash: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    const later = { ...scriptedWorld(home), core: world.core, createCore: async () => world.core };
    expect((await cli(later, 'project', 'list', '--json')).json()).toMatchObject([{ path: file() }]);
    const last = { ...scriptedWorld(home), core: world.core, createCore: async () => world.core };
    expect(await cli(last, 'project', 'revoke', join(home, path))).toMatchObject({ code: 0 });
    expect(policies.approvals()).toEqual([]);
  },
);

it('approves neither a broken file nor one that is not there (POL-3)', async () => {
  await writeFile(file(), 'trust_levle: limited\n');
  const broken = await cli(scriptedWorld(home), 'project', 'approve', file());
  expect(broken).toMatchObject({ code: 126, stderr: expect.stringContaining('bellglass.yaml:1:1') });
  await rm(file());
  for (const path of [file(), join(home, 'job'), join(home, 'nothing')])
    expect(await cli(scriptedWorld(home), 'project', 'approve', path)).toMatchObject({
      code: 126,
      stderr: expect.stringContaining('has no project file'),
    });
});
