import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadLaunch } from './load.ts';
import { findProject } from './project.ts';

let root = '';
const TEXT = 'trust_level: untrusted\n';

async function put(path: string, text = TEXT): Promise<string> {
  const full = join(root, path);
  await mkdir(join(full, '..'), { recursive: true });
  await writeFile(full, text);
  return full;
}

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'bellglass-project-')));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

it('takes the nearest file from the script upwards, and of a folder its own (POL-3)', async () => {
  const outer = await put('bellglass.yaml');
  const script = await put('a/b/run.sh', 'true');
  expect((await loadLaunch(script)).project).toEqual({ path: outer, text: TEXT });
  const inner = await put('a/bellglass.yaml', 'description: nearer\n');
  expect((await loadLaunch(script)).project).toEqual({ path: inner, text: 'description: nearer\n' });
  expect((await loadLaunch(join(root, 'a/b'), { entry: 'run.sh' })).project?.path).toBe(inner);
  const own = await put('a/b/bellglass.yaml');
  expect((await loadLaunch(join(root, 'a/b'), { entry: 'run.sh' })).project?.path).toBe(own);
});

it('starts where the script really is, not where a link to it lies (POL-3)', async () => {
  await put('links/bellglass.yaml', 'description: of the link\n');
  const script = await put('real/run.sh', 'true');
  const own = await put('real/bellglass.yaml');
  await symlink(script, join(root, 'links', 'run.sh'));
  expect((await loadLaunch(join(root, 'links', 'run.sh'))).project?.path).toBe(own);
});

it('does not look into the home folder or above it (POL-3)', async () => {
  await put('home/bellglass.yaml');
  await put('bellglass.yaml');
  await mkdir(join(root, 'home/job/deep'), { recursive: true });
  expect(await findProject(join(root, 'home/job/deep'), join(root, 'home'))).toBeNull();
  expect(await findProject(join(root, 'home'), join(root, 'home'))).toBeNull();
  expect(await findProject('/', join(root, 'home'))).toBeNull();
});

it('refuses a link, a pipe, a folder, a huge and an unreadable text in its place, and waits for none (POL-3, POL-7)', async () => {
  const script = await put('job/run.sh', 'true');
  const path = join(root, 'job', 'bellglass.yaml');
  const refused = async (why: string): Promise<void> => {
    await expect(loadLaunch(script)).rejects.toMatchObject({
      code: 'policy-invalid',
      message: expect.stringContaining('bellglass.yaml'),
      why: expect.stringContaining(why),
    });
    await rm(path, { recursive: true });
  };
  await symlink(await put('other/bellglass.yaml'), path);
  await refused('link');
  execFileSync('mkfifo', [path]);
  await refused('ordinary file');
  await mkdir(path);
  await refused('ordinary file');
  await put('job/bellglass.yaml');
  await truncate(path, 100 * 1024 * 1024);
  await refused('256 KiB');
  await writeFile(path, Buffer.from([0xff, 0xfe]));
  await refused('UTF-8');
});
