/** Puts the desktop app together from an Electron and a core; main.ts gives the real ones. */
import { join } from 'node:path';
import type * as ElectronModule from 'electron';
import type { BrowserWindow } from 'electron';
import { createRouter } from '#core/rpc/router.ts';
import type { Core } from '#core/core.ts';
import type { LogFile } from '#core/storage/log-file.ts';
import { createOpenedBox } from '../opened.ts';
import { lockContents, lockSession } from './lockdown.ts';
import { menuTemplate } from './menu.ts';
import { fileAmong, openFile } from './opening.ts';
import { pageHandler } from './page-protocol.ts';
import { acceptPorts } from './ports.ts';
import { manageQuit } from './quitting.ts';
import { openWindow } from './window.ts';
import { askBeforeLeaving } from './leaving.ts';

export type Electron = Pick<
  typeof ElectronModule,
  'app' | 'BrowserWindow' | 'dialog' | 'ipcMain' | 'Menu' | 'protocol' | 'session'
>;

export interface ShellOptions {
  readonly electron: Electron;
  readonly platform: NodeJS.Platform;
  readonly argv: readonly string[];
  /** Folder of the built page, and path of the built preload. */
  readonly renderer: string;
  readonly preload: string;
  readonly openLog: () => Promise<LogFile>;
  readonly createCore: (log: LogFile) => Promise<Core>;
}

interface StartData {
  readonly open: string | null;
}

/**
 * Starts the app, or hands the file over to the instance that runs already and quits.
 * Call it before Electron is ready.
 */
export async function startShell(options: ShellOptions): Promise<void> {
  const { electron, platform, argv } = options;
  const { app, protocol, session, dialog, Menu } = electron;
  const asked: StartData = { open: fileAmong(argv, app.isPackaged) };
  if (!app.requestSingleInstanceLock(asked)) return app.quit();
  app.enableSandbox();
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);

  // The system may ask for a file before anything is ready.
  let wanted = asked.open;
  let open = (path: string): void => void (wanted = path);
  let show = (): void => undefined;
  app.on('open-file', (event, path) => {
    event.preventDefault();
    open(path);
  });
  app.on('second-instance', (_event, _argv, _folder, data) => {
    const { open: path } = data as StartData;
    if (typeof path === 'string') open(path);
    else show();
  });

  const log = await options.openLog();
  lockContents(app, log);
  await app.whenReady();
  try {
    lockSession(session.defaultSession, log);
    protocol.handle('app', pageHandler(options.renderer));
    const core = await options.createCore(log);
    const box = createOpenedBox();
    let window: BrowserWindow | null = null;
    show = () => {
      if (window === null) {
        window = openWindow(electron.BrowserWindow, options.preload);
        askBeforeLeaving(window, dialog);
        window.on('closed', () => (window = null));
        return;
      }
      if (window.isMinimized()) window.restore();
      window.focus();
    };
    const opening = {
      log,
      put: box.put,
      fail: (title: string, text: string) => dialog.showErrorBox(title, text),
      show: () => {
        // A page that is there asks for an opened file when it loads.
        window?.webContents.reload();
        show();
      },
    };
    open = (path) => void openFile(path, opening);
    acceptPorts(electron.ipcMain, () => window?.webContents, createRouter(core, box), log);
    const close = async (): Promise<void> => {
      await core.dispose().catch((thrown: unknown) => log.error('the core did not close', { error: thrown }));
      await log.close();
    };
    manageQuit(app, dialog, core, close, platform === 'darwin');
    app.on('activate', () => show());
    const actions = {
      openFile: () => void chooseFile(dialog).then((path) => path !== null && open(path)),
      stopAll: () =>
        void core.runs.stopAll().catch((thrown: unknown) => log.error('stop all failed', { error: thrown })),
    };
    Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(actions, platform === 'darwin')));
    if (wanted !== null) await openFile(wanted, opening);
    if (window === null) show();
  } catch (thrown) {
    log.error('the app could not start', { error: thrown });
    await log.close();
    throw thrown;
  }
}

async function chooseFile(dialog: Electron['dialog']): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog({ properties: ['openFile'] });
  return canceled ? null : (filePaths[0] ?? null);
}

/** Where the built parts are, seen from the folder of the app; images and samples are outside its archive. */
export function shellPaths(appPath: string): { renderer: string; preload: string; assets: string } {
  return {
    renderer: join(appPath, 'dist', 'renderer'),
    preload: join(appPath, 'dist', 'preload', 'preload.cjs'),
    assets: join(appPath.replace(/app\.asar$/, 'app.asar.unpacked'), 'assets'),
  };
}
