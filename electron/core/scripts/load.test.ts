import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LAUNCH_LIMITS } from '#shared/contract/runs.ts';
import { validateLaunch } from '#shared/script/validate.ts';
import { loadLaunch } from './load.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bellglass-load-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function put(path: string, content: string | Uint8Array = 'x'): Promise<string> {
  const full = join(folder, path);
  await mkdir(join(full, '..'), { recursive: true });
  await writeFile(full, content);
  return full;
}

const text = (files: { path: string; content: string }[], path: string): string | undefined => {
  const found = files.find((file) => file.path === path);
  return found && Buffer.from(found.content, 'base64').toString();
};

describe('loadLaunch of a file (RUN-1)', () => {
  it('reads one file as it is, with its mode', async () => {
    const path = await put('a.py', 'print("é")\r\n');
    await chmod(path, 0o755);
    expect(await loadLaunch(path)).toEqual({
      name: 'a.py',
      entry: 'a.py',
      files: [{ path: 'a.py', content: Buffer.from('print("é")\r\n').toString('base64'), executable: true }],
      folder,
      notes: [],
    });
  });

  it('refuses 1 GB before reading any of it', async () => {
    const path = await put('big.py');
    await truncate(path, 1_000_000_000);
    await expect(loadLaunch(path)).rejects.toMatchObject({
      code: 'input-invalid',
      message: expect.stringContaining('953.7 MiB, more than 16 MiB') as string,
    });
  });

  it('takes a file of exactly the limit', async () => {
    const path = await put('a.py', Buffer.alloc(LAUNCH_LIMITS.files, 35));
    expect((await loadLaunch(path)).files).toHaveLength(1);
  });

  it('refuses a named pipe that nobody writes to, without waiting', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe.py')]);
    await expect(loadLaunch(join(folder, 'pipe.py'))).rejects.toMatchObject({
      code: 'input-invalid',
      message: expect.stringContaining('a named pipe') as string,
    });
  });

  it('refuses a device that never ends', async () => {
    await expect(loadLaunch('/dev/zero')).rejects.toMatchObject({
      code: 'input-invalid',
      message: expect.stringContaining('a device') as string,
    });
  });

  it('refuses a socket', async () => {
    const server = createServer().listen(join(folder, 'a.sock'));
    await new Promise((done) => server.once('listening', done));
    await expect(loadLaunch(join(folder, 'a.sock'))).rejects.toMatchObject({
      message: expect.stringContaining('a socket') as string,
    });
    await new Promise((done) => server.close(done));
  });

  it('says that a path does not exist, with escapes in it shown', async () => {
    await expect(loadLaunch(join(folder, 'no\u001b\n.py'))).rejects.toMatchObject({
      code: 'input-invalid',
      message: expect.stringContaining('no\\u{1b}\\u{a}.py cannot be read') as string,
      why: 'There is no such file or folder.',
    });
  });

  it('says that a file may not be read', async () => {
    const path = await put('a.py');
    await chmod(path, 0);
    // Root may read everything, so root looks as somebody else.
    const root = process.geteuid?.() === 0;
    if (root) process.seteuid?.(65_534);
    const loading = loadLaunch(path).finally(() => root && process.seteuid?.(0));
    await expect(loading).rejects.toMatchObject({ why: 'This user may not read it.' });
  });

  it.each(['a/b.py', 'a\0b'])('refuses the path %j', async (path) => {
    await put('a');
    await expect(loadLaunch(path.includes('\0') ? path : join(folder, path))).rejects.toMatchObject({
      code: 'input-invalid',
    });
  });

  it('follows a link that the person named, and refuses one that leads in a circle', async () => {
    await symlink(await put('real.py', 'print(1)'), join(folder, 'link.py'));
    await symlink(join(folder, 'loop'), join(folder, 'loop'));
    expect((await loadLaunch(join(folder, 'link.py'))).entry).toBe('link.py');
    await expect(loadLaunch(join(folder, 'loop'))).rejects.toMatchObject({ why: 'Its links lead round in a circle.' });
  });

  it('keeps a name with a newline for the launch to run', async () => {
    const loaded = await loadLaunch(await put('a\nb.py', 'print(1)'));
    expect(loaded.name).toBe('a\\u{a}b.py');
    expect(validateLaunch(loaded).entry).toBe('a\nb.py');
  });
});

describe('loadLaunch of a folder (RUN-1)', () => {
  it.each([
    [['main.py', 'main.sh'], 'main.py'],
    [['__main__.py', 'b.py'], '__main__.py'],
    [['index.js'], 'index.js'],
    [['main.sh', 'run.sh'], 'main.sh'],
    [['run.sh'], 'run.sh'],
  ])('of %j runs %s', async (paths, entry) => {
    for (const path of paths) await put(path);
    expect((await loadLaunch(folder)).entry).toBe(entry);
  });

  it('runs the main of package.json, with the endings that Node adds', async () => {
    await put('package.json', '{"main": "./lib"}');
    await put('lib/index.js', 'console.log(1)');
    expect((await loadLaunch(folder)).entry).toBe('lib/index.js');
  });

  it.each(['{', '{"main": "../../etc/passwd"}', '{"main": 3}', 'null'])(
    'does not trip over a package.json of %j',
    async (json) => {
      await put('package.json', json);
      await put('tool.py');
      await expect(loadLaunch(folder)).rejects.toMatchObject({
        code: 'input-invalid',
        next: 'Choose the entry (`--entry`): tool.py.',
      });
    },
  );

  it('takes the chosen entry and refuses one that is not there or lies outside', async () => {
    await put('main.py');
    await put('src/b.py');
    expect((await loadLaunch(folder, { entry: 'src/b.py' })).entry).toBe('src/b.py');
    await expect(loadLaunch(folder, { entry: 'c.py' })).rejects.toMatchObject({ code: 'input-invalid' });
    await expect(loadLaunch(folder, { entry: '../x.py' })).rejects.toMatchObject({
      message: expect.stringContaining('leads upwards') as string,
    });
  });

  it('says so when a folder has no script', async () => {
    await put('notes.txt');
    await expect(loadLaunch(folder)).rejects.toMatchObject({
      next: 'The folder has no script; choose another folder or a file.',
    });
  });

  it('leaves out history and dependencies and says it', async () => {
    await put('main.py');
    await put('.git/config');
    await put('node_modules/a/index.js');
    const loaded = await loadLaunch(folder);
    expect(loaded.files.map((file) => file.path)).toEqual(['main.py']);
    expect(loaded.notes).toEqual(['Left out: .git, node_modules.']);
  });

  it('copies a link inside, and never follows one that leads outside, nowhere or to a folder', async () => {
    await put('main.py');
    await put('data/a.txt', 'inside');
    await symlink('data/a.txt', join(folder, 'inside.txt'));
    await symlink('/etc/hostname', join(folder, 'outside.txt'));
    await symlink('nowhere', join(folder, 'nowhere.txt'));
    await symlink('.', join(folder, 'circle'));
    const loaded = await loadLaunch(folder);
    expect(loaded.files.map((file) => file.path)).toEqual(['data/a.txt', 'inside.txt', 'main.py']);
    expect(text(loaded.files, 'inside.txt')).toBe('inside');
    expect(loaded.notes).toHaveLength(3);
    expect(loaded.notes).toContain('outside.txt was left out: it is a link that leads out of the folder.');
  });

  it('does not take a sibling with the same beginning for the folder itself', async () => {
    await put('one/main.py');
    await put('one-more/secret.txt');
    await symlink('../one-more/secret.txt', join(folder, 'one', 'link.txt'));
    const loaded = await loadLaunch(join(folder, 'one'));
    expect(loaded.files).toHaveLength(1);
  });

  it('leaves out pipes without waiting for them', async () => {
    await put('main.py');
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect((await loadLaunch(folder)).notes).toEqual(['pipe was left out: it is a pipe, a socket or a device.']);
  });

  it('refuses too many files and too many bytes before reading them', async () => {
    await put('main.py');
    await put('big.bin');
    await truncate(join(folder, 'big.bin'), LAUNCH_LIMITS.files);
    await expect(loadLaunch(folder)).rejects.toMatchObject({
      message: expect.stringContaining('more than 16 MiB') as string,
    });
    await rm(join(folder, 'big.bin'));
    for (let index = 0; index < LAUNCH_LIMITS.fileCount; index += 1) await put(`f${index}`);
    await expect(loadLaunch(folder)).rejects.toMatchObject({
      message: expect.stringContaining('more than 2000 files') as string,
    });
  });
});
