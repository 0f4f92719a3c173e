import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, lstat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { silentLog } from '../storage/log.ts';
import { createSettings, type Settings, type SettingsStore } from './index.ts';

let home: string;
let stores: SettingsStore[];
const file = () => join(home, 'config', 'settings.yaml');
const paths = () => ({ config: join(home, 'config'), data: join(home, 'data'), assets: '', renderer: '' });

async function open(env: Record<string, string> = {}): Promise<SettingsStore> {
  const store = await createSettings({ paths: paths(), env, log: silentLog });
  stores.push(store);
  return store;
}

async function write(text: string): Promise<void> {
  await mkdir(join(home, 'config'), { recursive: true });
  await writeFile(file(), text);
}

const value = (store: SettingsStore, key: string) => store.list().find((setting) => setting.key === key);

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'settings-'));
  stores = [];
});
afterEach(async () => {
  for (const store of stores) await store.dispose();
  await rm(home, { recursive: true, force: true });
});

it('has defaults without a file, and makes none by reading (HOST-6)', async () => {
  const store = await open();
  expect(store.current()).toMatchObject({
    engine: null,
    maxConcurrent: 10,
    samplingMs: 100,
    sweepEveryMs: 300_000,
    sweepAgeMs: 600_000,
    port: 7717,
    allowPrivateEngine: true,
  });
  expect(store.error()).toBeNull();
  expect(value(store, 'max_concurrent')).toMatchObject({ value: '10', source: 'default', kind: 'number' });
  await expect(readdir(join(home, 'config'))).rejects.toThrow();
});

it('writes a key, keeps it over a restart and removes it again', async () => {
  const store = await open();
  await store.set('engine', 'context:far away');
  await store.set('ceilings.resources.memory', '1 GiB');
  const again = await open();
  expect(again.current()).toMatchObject({
    engine: 'context:far away',
    plan: { ceilings: { 'resources.memory': 1024 ** 3 } },
  });
  expect(value(again, 'ceilings.resources.memory')).toMatchObject({ value: '1 GiB', source: 'file' });
  await again.set('engine', null);
  expect(again.current().engine).toBeNull();
  expect(await readFile(file(), 'utf8')).not.toContain('engine');
});

it('lets the environment win, shows it, and refuses to edit that key (HOST-6)', async () => {
  await write('max_concurrent: 4\n');
  const store = await open({ BELLGLASS_MAX_CONCURRENT: '2', BELLGLASS_CEILINGS_RESOURCES_MEMORY: '100 MiB' });
  expect(store.current()).toMatchObject({
    maxConcurrent: 2,
    plan: { ceilings: { 'resources.memory': 100 * 1024 ** 2 } },
  });
  expect(value(store, 'max_concurrent')).toMatchObject({ value: '2', source: 'BELLGLASS_MAX_CONCURRENT' });
  await expect(store.set('max_concurrent', '3')).rejects.toMatchObject({
    code: 'input-invalid',
    why: expect.stringContaining('BELLGLASS_MAX_CONCURRENT'),
  });
});

it('names the variable when the environment is wrong', async () => {
  await expect(open({ BELLGLASS_MAX_CONCURRENT: 'many' })).rejects.toMatchObject({
    code: 'input-invalid',
    message: expect.stringContaining('BELLGLASS_MAX_CONCURRENT'),
  });
});

it.each([
  ['max_concurrent', '0'],
  ['max_concurrent', 'x'],
  ['theme', 'pink'],
  ['queue.when_full', 'drop'],
  ['ceilings.resources.memory', '64'],
  ['max_concurent', '3'],
  ['__proto__', '1'],
  ['', '1'],
])('refuses to set %s to %j and leaves the file alone', async (key, text) => {
  await write('theme: dark\n');
  const store = await open();
  await expect(store.set(key, text)).rejects.toMatchObject({ code: 'input-invalid' });
  expect(await readFile(file(), 'utf8')).toBe('theme: dark\n');
});

it('notices an edit from outside and tells who listens', async () => {
  await write('max_concurrent: 4\n');
  const store = await open();
  const seen: Settings[] = [];
  const stop = store.onChange((settings) => seen.push(settings));
  await writeFile(file(), 'max_concurrent: 5 # more\n');
  await vi.waitFor(() => expect(store.current().maxConcurrent).toBe(5), { timeout: 10_000, interval: 20 });
  expect(seen.map(({ maxConcurrent }) => maxConcurrent)).toEqual([5]);
  stop();
  await rm(file());
  await vi.waitFor(() => expect(store.current().maxConcurrent).toBe(10), { timeout: 10_000, interval: 20 });
  expect(seen).toHaveLength(1);
});

it('keeps the last good version in force while the file is broken, and says where it is (POL-4)', async () => {
  await write('ceilings: { resources: { memory: 1 GiB } }\n');
  const store = await open();
  await writeFile(file(), 'theme: dark\nceilings: { resources: { memory: lots } }\n');
  await vi.waitFor(() => expect(store.error()).not.toBeNull(), { timeout: 10_000, interval: 20 });
  expect(store.error()).toMatchObject({ code: 'input-invalid', message: expect.stringContaining(`${file()}:2:34: `) });
  expect(store.current()).toMatchObject({ theme: 'system', plan: { ceilings: { 'resources.memory': 1024 ** 3 } } });
  expect(value(store, 'ceilings.resources.memory')?.error).toContain('not a size');
  await expect(store.set('theme', 'light')).rejects.toMatchObject({ code: 'input-invalid' });
  const restarted = await open();
  expect(restarted.current().plan.ceilings).toEqual({ 'resources.memory': 1024 ** 3 });
  await writeFile(file(), 'theme: dark\n');
  await vi.waitFor(() => expect(store.error()).toBeNull(), { timeout: 10_000, interval: 20 });
  expect(store.current()).toMatchObject({ theme: 'dark', plan: { ceilings: {} } });
});

it('allows nothing beyond untrusted when the file is broken and was never good', async () => {
  await write('ceilings: [');
  const store = await open();
  expect(store.error()?.code).toBe('input-invalid');
  expect(store.current().plan.ceilings).toMatchObject({
    'resources.memory': 64 * 1024 ** 2,
    'network.mode': 'none',
    'security.seccomp': 'strict',
  });
  await writeFile(file(), 'theme: dark\n');
  await vi.waitFor(() => expect(store.current().plan.ceilings).toEqual({}), { timeout: 10_000, interval: 20 });
});

it('keeps a linked settings file a link, and its mode', async () => {
  await write('');
  await rm(file());
  const real = join(home, 'dotfiles.yaml');
  await writeFile(real, 'theme: dark\n');
  await chmod(real, 0o640);
  await symlink(real, file());
  await (await open()).set('port', '9000');
  expect((await lstat(file())).isSymbolicLink()).toBe(true);
  expect(await readFile(real, 'utf8')).toBe('theme: dark\nport: 9000\n');
  expect((await lstat(real)).mode & 0o777).toBe(0o640);
});

it('says that a folder in the way cannot be read or written', async () => {
  await mkdir(file(), { recursive: true });
  const store = await open();
  expect(store.error()?.code).toBe('storage');
  await expect(store.set('theme', 'dark')).rejects.toMatchObject({ code: 'storage' });
});

it('loses no key when many write at once, from one process and from several', async () => {
  await write('# shared\n');
  const store = await open();
  const script = `
    import { createSettings } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))};
    const log = { debug() {}, info() {}, warn() {}, error() {}, child: () => log };
    const store = await createSettings({ paths: ${JSON.stringify(paths())}, env: {}, log });
    for (const key of process.argv.slice(1)) await store.set(key, '1 MiB/s');
    await store.dispose();`;
  const other = (...keys: string[]) =>
    promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, ...keys], { cwd: import.meta.dirname });
  await Promise.all([
    other('policy.resources.disk_read', 'ceilings.resources.disk_read'),
    other('policy.resources.disk_write', 'ceilings.resources.disk_write'),
    store.set('theme', 'dark'),
    store.set('port', '8000'),
    store.set('max_concurrent', '3'),
  ]);
  const { plan, theme, port, maxConcurrent } = (await open()).current();
  expect([Object.keys(plan.values).length, Object.keys(plan.ceilings).length, theme, port, maxConcurrent]).toEqual([
    2,
    2,
    'dark',
    8000,
    3,
  ]);
  expect(await readdir(join(home, 'config'))).toEqual(['settings.yaml']);
});

it('takes over the lock of a process that died', async () => {
  await write('');
  await writeFile(`${file()}.lock`, '999999999');
  const store = await open();
  await store.set('theme', 'dark');
  expect(store.current().theme).toBe('dark');
});

it('takes own policies as defaults, and the old names of these settings (HOST-6)', async () => {
  await write('default_trust: limited\nruntime_trust:\n  node: trusted\n');
  const store = await open();
  expect(store.current().plan).toMatchObject({ defaultPolicy: 'limited', perRuntime: { node: 'trusted' } });
  expect(value(store, 'default_trust')?.help).toContain('`default_policy`');
  await store.set('default_policy', 'data-team');
  await store.set('runtime_policy.node', 'crew');
  expect(store.current().plan).toMatchObject({ defaultPolicy: 'data-team', perRuntime: { node: 'crew' } });
  for (const bad of ['../x', 'a b', 'x'.repeat(65)])
    await expect(store.set('default_policy', bad)).rejects.toMatchObject({ code: 'input-invalid' });
});

it('lets an old name in the environment win over the new one in the file, and names the variable (HOST-6)', async () => {
  await write('default_policy: trusted\n');
  const store = await open({ BELLGLASS_DEFAULT_TRUST: 'untrusted' });
  expect(store.current().plan.defaultPolicy).toBe('untrusted');
  expect(value(store, 'default_policy')).toMatchObject({ value: 'untrusted', source: 'BELLGLASS_DEFAULT_TRUST' });
  await expect(store.set('default_policy', 'system')).rejects.toMatchObject({
    next: expect.stringContaining('BELLGLASS_DEFAULT_TRUST'),
  });
});

it('takes absolute folders for mounts only (POL-8, HOST-6)', async () => {
  await write('mount_folders: [/home/me/data, /srv/in]\n');
  const store = await open();
  expect(store.current().mountFolders).toEqual(['/home/me/data', '/srv/in']);
  await expect(store.set('mount_folders', 'data')).rejects.toMatchObject({ code: 'input-invalid' });
  expect((await open({ BELLGLASS_MOUNT_FOLDERS: '/a,/b' })).current().mountFolders).toEqual(['/a', '/b']);
});
