import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SandboxMount } from '#shared/domain/sandbox.ts';
import { readFolder, TooLarge } from './copy.ts';
import { hold } from './held.ts';
import { MountSources } from './index.ts';
import { mountPoints } from './mounted.ts';
import { findSocket } from './sockets.ts';

let root: string;
let sources: MountSources;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'bellglass-held-')));
  for (const folder of ['ok/data', 'own']) mkdirSync(join(root, folder), { recursive: true });
  sources = new MountSources({
    paths: { config: join(root, 'own'), data: join(root, 'own') },
    env: { DOCKER_HOST: `unix://${root}/ok/talk/docker.sock` },
    engine: () => null,
    allowed: () => [join(root, 'ok'), 'relative', '/not/there'],
  });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const bind = (source: string, more: Partial<SandboxMount> = {}): SandboxMount => ({
  type: 'bind',
  source,
  target: '/data',
  readOnly: true,
  bytes: 0,
  ...more,
});

it('takes an allowed folder by its path, from a folder and through a link (POL-1)', async () => {
  symlinkSync(join(root, 'ok', 'data'), join(root, 'link'));
  for (const [source, from] of [
    [join(root, 'ok/data')],
    ['./data', join(root, 'ok')],
    ['../link', join(root, 'ok')],
  ] as const)
    expect(await sources.problem([bind(source)], from)).toBeNull();
});

it.each([
  ['a relative source without a folder', './data', undefined],
  ['our own folder', '../own', 'ok'],
  ['a folder that holds the socket of an engine, there or not', 'talk', 'ok'],
  ['what is not there', 'absent', 'ok'],
  ['what is not allowed', '..', 'ok'],
])('refuses %s (POL-1)', async (_, source, from) => {
  const problem = await sources.problem([bind(source)], from === undefined ? from : join(root, from));
  expect(problem).toMatchObject({ code: 'plan-refused', why: expect.any(String), next: expect.any(String) });
});

it('keeps hold of the folder that it looked at, whatever its path leads to later (POL-1)', async () => {
  const held = await hold(join(root, 'ok/data'));
  renameSync(join(root, 'ok/data'), join(root, 'moved'));
  symlinkSync('/', join(root, 'ok/data'));
  const other = await hold(join(root, 'ok/data'));
  expect(other.path).toBe('/');
  expect(other.inode === held.inode && other.device === held.device).toBe(false);
  expect((await hold(join(root, 'moved'))).inode).toBe(held.inode);
  await held.handle.close();
});

it('refuses to write back what is only copied, and to copy a file (ENG-6)', async () => {
  writeFileSync(join(root, 'ok/file'), 'x');
  const copy = { type: 'copy', bytes: 8192 } as const;
  expect(await sources.problem([bind(join(root, 'ok/data'), { ...copy, readOnly: false })], undefined)).not.toBeNull();
  expect(await sources.problem([bind(join(root, 'ok/file'), copy)], undefined)).not.toBeNull();
  expect(await sources.problem([bind(join(root, 'ok/data'), copy)], undefined)).toBeNull();
});

it('copies within its bounds only and follows nothing outside (ENG-6)', async () => {
  writeFileSync(join(root, 'secret'), 'secret');
  symlinkSync(join(root, 'secret'), join(root, 'ok/data/out'));
  symlinkSync('..', join(root, 'ok/data/up'));
  mkdirSync(join(root, 'ok/data/sub'));
  writeFileSync(join(root, 'ok/data/sub/a'), 'a'.repeat(5000));
  const held = await hold(join(root, 'ok/data'));
  const limits = { bytes: 64 * 1024, entries: 100, blocked: [] };
  const { entries, leftOut } = await readFolder(held, '/data', limits);
  expect(leftOut).toBe(0);
  expect(entries.map(({ type, path }) => `${type} ${path}`)).toEqual([
    'link /data/out',
    'folder /data/sub',
    'file /data/sub/a',
    'link /data/up',
  ]);
  for (const less of [{ bytes: 8192 }, { entries: 3 }])
    await expect(readFolder(held, '/data', { ...limits, ...less })).rejects.toThrow(TooLarge);
  expect((await readFolder(held, '/data', { ...limits, blocked: ['/data/sub'] })).entries).toHaveLength(2);
  await held.handle.close();
});

it('reads mount points with spaces from the mount table (POL-1)', () => {
  const table = '36 35 98:0 / /mnt/a\\040b rw,noatime - ext3 /dev/root rw\n\n37 35 98:0 / /x rw - proc proc rw\n';
  expect(mountPoints(table)).toEqual(['/mnt/a b', '/x']);
});

it('finds no socket where there is none (POL-1)', async () => {
  expect(await findSocket(join(root, 'ok'))).toBeNull();
});
