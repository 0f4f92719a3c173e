/** The shell against a double of Electron: window, ports, navigation, permissions, files, quitting (HOST-1). */
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import type { MenuItem } from 'electron';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createScriptedCore } from '#core/rpc/testing/scripted-core.ts';
import type { ScriptedCore } from '#core/rpc/testing/scripted-core.ts';
import { silentLog } from '#core/storage/log.ts';
import { PORT_CHANNEL } from '#shared/contract/handshake.ts';
import type { Contract } from '#shared/contract/index.ts';
import type { RunSummary } from '#shared/domain/run.ts';
import { shellPaths, startShell, type ShellOptions } from './shell.ts';
import { fakeElectron, portPair } from './testing/fake-electron.ts';
import type { FakeContents, FakeOptions, FakeWindow } from './testing/fake-electron.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bellglass-desktop-'));
  await mkdir(join(folder, 'page'));
  await writeFile(join(folder, 'page', 'index.html'), '<!doctype html>page');
  await writeFile(join(folder, 'page', 'app.js'), 'let x;');
  await writeFile(join(folder, 'page', 'odd.bin'), 'odd');
  await writeFile(join(folder, 'secret.html'), 'secret');
  await writeFile(join(folder, 'hello.py'), 'print(1)\n');
});
afterEach(() => rm(folder, { recursive: true }));

async function started(
  options: FakeOptions & {
    argv?: string[];
    platform?: NodeJS.Platform;
    going?: number;
    waiting?: Partial<RunSummary>[];
  } = {},
) {
  const fake = fakeElectron(options);
  const core: ScriptedCore = createScriptedCore();
  let going = options.going ?? 0;
  let disposed = 0;
  let notify: Parameters<ShellOptions['createCore']>[1] = () => {};
  const cancelled: string[] = [];
  core.runs.list = () => [
    ...Array.from(
      { length: going },
      (_, at) => ({ id: `r${at}`, name: `${at}.py`, state: 'running', verdict: null }) as RunSummary,
    ),
    ...(options.waiting ?? []).map((run, at) => ({ id: `w${at}`, state: 'queued', ...run }) as RunSummary),
  ];
  core.runs.stop = async (id) => void cancelled.push(id);
  await startShell({
    electron: fake.electron,
    platform: options.platform ?? 'linux',
    argv: options.argv ?? ['electron', '.'],
    renderer: join(folder, 'page'),
    preload: join(folder, 'preload.cjs'),
    openLog: async () => ({ ...silentLog, close: async () => undefined }),
    icon: join(folder, 'tray.png'),
    createCore: async (_log, given) => {
      notify = given;
      return { ...core, dispose: async () => void (disposed += 1) };
    },
  });
  return { ...fake, core, cancelled, notify, disposed: () => disposed, setGoing: (count: number) => (going = count) };
}

const onlyWindow = ({ seen }: { seen: { windows: FakeWindow[] } }): FakeWindow => {
  const [window] = seen.windows;
  if (window === undefined) throw new Error('no window was opened');
  return window;
};

const sent = (sender: FakeContents, frame: unknown, ports: unknown[]) => ({ sender, senderFrame: frame, ports });

it('opens one sandboxed window that shares nothing with Node', async () => {
  const shell = await started();
  expect(shell.seen.windows).toHaveLength(1);
  expect(shell.seen.sandboxed).toBe(true);
  expect(onlyWindow(shell).loaded).toEqual(['app://bellglass/']);
  expect(onlyWindow(shell).options.webPreferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    webviewTag: false,
    allowRunningInsecureContent: false,
    spellcheck: false,
  });
});

it('serves the contract on the port of its own page', async () => {
  const shell = await started();
  const { webContents } = onlyWindow(shell);
  const { given, page } = portPair();
  shell.ipcMain.emit(PORT_CHANNEL, sent(webContents, webContents.mainFrame, [given]));
  const client = createORPCClient<ContractRouterClient<Contract>>(new RPCLink({ port: page }));
  page.start();
  expect(await client.system.images()).toHaveLength(4);
  page.close();
});

it.each<[string, (own: FakeContents) => [unknown, unknown]]>([
  ['another window', () => [{}, { url: 'app://bellglass/' }]],
  ['a frame inside the page', (own) => [own, { url: 'app://bellglass/' }]],
  ['a frame that is gone', (own) => [own, null]],
])('closes a port that comes from %s', async (_from, pick) => {
  const shell = await started();
  const [sender, frame] = pick(onlyWindow(shell).webContents);
  const { given, page } = portPair();
  shell.ipcMain.emit(PORT_CHANNEL, sent(sender as FakeContents, frame, [given]));
  await once(page, 'close');
});

it('closes a port when the window shows another page', async () => {
  const shell = await started();
  const { webContents } = onlyWindow(shell);
  for (const url of ['https://evil.example/', 'app://other/', 'about:blank', '', 'app://bellglass.evil.example/']) {
    webContents.mainFrame.url = url;
    const { given, page } = portPair();
    shell.ipcMain.emit(PORT_CHANNEL, sent(webContents, webContents.mainFrame, [given]));
    await once(page, 'close');
  }
});

it('denies navigation elsewhere, new windows and embedded views, and lets the page reload', async () => {
  const { webContents } = onlyWindow(await started());
  const goes = (name: string, url?: string): boolean => {
    let stopped = false;
    webContents.emit(name, { url, preventDefault: () => (stopped = true) });
    return !stopped;
  };
  for (const name of ['will-navigate', 'will-redirect', 'will-frame-navigate']) {
    expect(goes(name, 'https://evil.example/')).toBe(false);
    expect(goes(name, 'file:///etc/passwd')).toBe(false);
    expect(goes(name, 'app://bellglass.evil.example/')).toBe(false);
    expect(goes(name, 'app://bellglass/#/runs')).toBe(true);
  }
  expect(goes('will-attach-webview')).toBe(false);
  expect(webContents.openHandler?.()).toEqual({ action: 'deny' });
});

it('denies every permission but writing to the clipboard from its own page', async () => {
  const { seen } = await started();
  const asked = (name: string, requestingUrl: string): boolean | undefined => {
    let answer: boolean | undefined;
    seen.permissionRequest?.({}, name, (ok) => (answer = ok), { requestingUrl });
    return answer;
  };
  for (const name of ['media', 'geolocation', 'notifications', 'openExternal', 'clipboard-read', 'fullscreen']) {
    expect(asked(name, 'app://bellglass/')).toBe(false);
    expect(seen.permissionCheck?.({}, name, 'app://bellglass')).toBe(false);
  }
  expect(asked('clipboard-sanitized-write', 'app://bellglass/')).toBe(true);
  expect(asked('clipboard-sanitized-write', 'https://evil.example/')).toBe(false);
  expect(seen.permissionCheck?.({}, 'clipboard-sanitized-write', 'app://bellglass/')).toBe(true);
  expect(seen.device?.()).toBe(false);
});

it('lets no request out to any network', async () => {
  const { seen } = await started();
  const passes = (url: string): boolean => {
    let cancelled = true;
    seen.beforeRequest?.({ url }, ({ cancel }) => (cancelled = cancel));
    return !cancelled;
  };
  for (const url of [
    'https://example.org/',
    'http://127.0.0.1:1/',
    'ws://127.0.0.1/',
    'file:///etc/passwd',
    'app://x/',
  ]) {
    expect(passes(url)).toBe(false);
  }
  expect(passes('app://bellglass/app.js')).toBe(true);
  expect(passes('blob:app://bellglass/1')).toBe(true);
});

it('serves the page with a strict policy and nothing outside its folder', async () => {
  const { seen } = await started();
  const get = async (url: string, method = 'GET') => seen.protocols.get('app')?.({ url, method } as Request);
  const page = await get('app://bellglass/');
  expect(await page?.text()).toContain('page');
  expect(page?.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
  expect((await get('app://bellglass/app.js'))?.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  for (const path of [
    '..%2fsecret.html',
    '%2e%2e/secret.html',
    'a/..%2f..%2fsecret.html',
    'none.html',
    'odd.bin',
    '%00.html',
    '%zz',
  ]) {
    const answer = await get(`app://bellglass/${path}`);
    expect(answer?.status).toBeGreaterThanOrEqual(400);
    expect(await answer?.text()).not.toContain('secret\n');
  }
  expect((await get('app://evil/'))?.status).toBe(403);
  expect((await get('app://bellglass/', 'POST'))?.status).toBe(405);
});

async function openedIn(shell: Awaited<ReturnType<typeof started>>) {
  const { webContents } = onlyWindow(shell);
  const { given, page } = portPair();
  shell.ipcMain.emit(PORT_CHANNEL, sent(webContents, webContents.mainFrame, [given]));
  const client = createORPCClient<ContractRouterClient<Contract>>(new RPCLink({ port: page }));
  page.start();
  const taken = await client.system.takeOpened();
  const again = await client.system.takeOpened();
  page.close();
  return { taken, again };
}

it('hands the file of its start to the page, once', async () => {
  const shell = await started({ argv: ['electron', '.', '--', join(folder, 'hello.py')] });
  const { taken, again } = await openedIn(shell);
  expect(taken).toMatchObject({ name: 'hello.py', entry: 'hello.py' });
  expect(again).toBeNull();
});

it('hands the file of a second start or of the system to the page that is there', async () => {
  const shell = await started();
  const path = join(folder, 'hello.py');
  shell.app.emit('second-instance', {}, [], '/', { open: path });
  await expect.poll(() => onlyWindow(shell).webContents.reloads).toBe(1);
  expect((await openedIn(shell)).taken).toMatchObject({ name: 'hello.py' });
  shell.app.emit('open-file', { preventDefault: () => undefined }, path);
  await expect.poll(() => onlyWindow(shell).webContents.reloads).toBe(2);
  shell.app.emit('second-instance', {}, [], '/', { open: null });
  expect(onlyWindow(shell).focused).toBeGreaterThan(0);
  expect(shell.seen.windows).toHaveLength(1);
});

it('says why a file cannot be opened', async () => {
  const shell = await started({ argv: ['electron', '.', '--', join(folder, 'none.py')] });
  expect(shell.seen.errors).toHaveLength(1);
  expect(shell.seen.windows).toHaveLength(1);
});

it('hands over to the instance that runs already, and quits', async () => {
  const { seen } = await started({ first: false, argv: ['electron', '.', '--', '/x.py'] });
  expect(seen.lockData).toEqual({ open: '/x.py' });
  expect(seen.quits).toBe(1);
  expect(seen.windows).toEqual([]);
});

it('asks before a quit that would end runs, and keeps them when told so (RUN-14)', async () => {
  const shell = await started({ going: 2, answer: 0 });
  shell.app.quit();
  await expect.poll(() => shell.seen.questions).toEqual(['2 runs are going. End them and quit?']);
  shell.app.quit();
  await expect.poll(() => shell.seen.questions).toHaveLength(2);
  expect(shell.disposed()).toBe(0);
  expect(shell.seen.exit).toBeUndefined();
});

it('closes the core before it exits', async () => {
  const shell = await started({ going: 1, answer: 1 });
  const exited = once(shell.app, 'exited');
  shell.app.quit();
  await exited;
  expect(shell.seen.questions).toEqual(['1 run is going. End it and quit?']);
  expect(shell.disposed()).toBe(1);
  expect(shell.seen.exit).toBe(0);
});

it.each([
  [{ going: 1, ticked: false }, '1 run is going. End it and quit?', []],
  [{ going: 0, ticked: false }, '2 runs are waiting. Quit?', []],
  [{ going: 0, ticked: true }, '2 runs are waiting. Quit?', ['w0', 'w1']],
])(
  'keeps what waits in the queue when the person quits, unless they say otherwise: %o (RUN-8, RUN-14)',
  async (options, asks, cancelled) => {
    const shell = await started({ ...options, answer: 1, waiting: [{}, {}] });
    const exited = once(shell.app, 'exited');
    shell.app.quit();
    await exited;
    expect(shell.seen.questions).toEqual([asks]);
    expect(shell.cancelled).toEqual(cancelled);
  },
);

it('ends without a window although a run waits for its secrets, which nobody gives it there (RUN-8, RUN-14)', async () => {
  const shell = await started({ answer: 1, waiting: [{ secretsWanted: ['KEY'] }] });
  const exited = once(shell.app, 'exited');
  onlyWindow(shell).emit('closed');
  shell.app.emit('window-all-closed');
  await exited;
  expect(shell.cancelled).toEqual([]);
});

it('leaves runs going when the window closes, opens a new one when asked, and ends after the last run (RUN-14)', async () => {
  const shell = await started({ going: 1 });
  onlyWindow(shell).emit('closed');
  shell.app.emit('window-all-closed');
  expect(shell.seen.quits).toBe(0);
  shell.app.emit('second-instance', {}, [], '/', { open: null });
  expect(shell.seen.windows).toHaveLength(2);
  const exited = once(shell.app, 'exited');
  shell.setGoing(0);
  await shell.core.runs.start({ name: 'a.py', entry: 'a.py', files: [] });
  await exited;
});

it('does not quit over what is unsaved, whatever was said of the runs (RUN-14, UX-4)', async () => {
  const shell = await started({ going: 0, answer: 0 });
  const window = onlyWindow(shell);
  window.unsaved = true;
  shell.app.quit();
  await expect.poll(() => shell.seen.questions).toEqual(['Leave without saving the changed policies?']);
  expect([shell.disposed(), shell.seen.exit]).toEqual([0, undefined]);
  window.unsaved = false;
  const exited = once(shell.app, 'exited');
  shell.app.quit();
  await exited;
  expect(shell.disposed()).toBe(1);
});

it('shows alerts as notifications of the system, which lead to the run (AUD-3, UX-5)', async () => {
  const shell = await started();
  const alert = { rule: 'policy-violation', severity: 'critical', title: 'Many', body: 'a.py broke it.' } as const;
  shell.notify({ ...alert, run: 'r 1' });
  const [shown] = shell.seen.notifications;
  expect(shown).toMatchObject({ shown: true, options: { title: 'Many', body: 'a.py broke it.' } });
  shown?.emit('click');
  expect(onlyWindow(shell).loaded.at(-1)).toBe('app://bellglass/#/runs/r%201');
  onlyWindow(shell).emit('closed');
  shell.notify({ ...alert, run: 'r2' });
  shell.seen.notifications[1]?.emit('click');
  expect(shell.seen.windows.at(-1)?.loaded).toEqual(['app://bellglass/#/runs/r2']);
});

it('shows what goes on beside the clock, leads there, and stops it all (UX-5)', async () => {
  const shell = await started({ going: 2 });
  const { tray } = shell.seen;
  const labels = (): (string | undefined)[] => tray.menu.map(({ label }) => label).filter(Boolean);
  expect(labels().slice(-2)).toEqual(['Stop all runs (2)', 'Quit Bellglass']);
  expect(tray.tip).toBe('Bellglass: 2 runs go on');
  shell.setGoing(0);
  await shell.core.runs.start({ name: 'a.py', entry: 'a.py', files: [] });
  await expect.poll(() => tray.tip).toBe('Bellglass');
  expect(tray.menu.find(({ label }) => label === 'Stop all runs')).toMatchObject({ enabled: false });
  const exited = once(shell.app, 'exited');
  tray.menu.find(({ label }) => label === 'Quit Bellglass')?.click?.({} as MenuItem, undefined, {});
  await exited;
  expect(tray.destroyed).toBe(true);
});

it('starts on a desktop that has no place for its icon', async () => {
  expect((await started({ tray: false })).seen.windows).toHaveLength(1);
});

it('stays without a window on macOS', async () => {
  const shell = await started({ platform: 'darwin' });
  shell.app.emit('window-all-closed');
  shell.app.emit('activate');
  expect(shell.seen.quits).toBe(0);
  expect(shell.seen.menu[0]).toEqual({ role: 'appMenu' });
});

it('looks for images and samples outside the archive of a packaged app', () => {
  expect(shellPaths('/opt/x/app.asar').assets).toBe('/opt/x/app.asar.unpacked/assets');
  expect(shellPaths('/src').assets).toBe('/src/assets');
});
