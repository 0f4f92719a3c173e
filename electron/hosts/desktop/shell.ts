/** Puts the desktop app together from an Electron and a core; main.ts gives the real ones. */
import { join } from 'node:path';
import type * as ElectronModule from 'electron';
import type { BrowserWindow } from 'electron';
import { createRouter } from '#core/rpc/router.ts';
import type { Core, CoreOptions } from '#core/core.ts';
import type { LogFile } from '#core/storage/log-file.ts';
import { createOpenedBox } from '../opened.ts';
import { lockContents, lockSession } from './lockdown.ts';
import { menuTemplate } from './menu.ts';
import { fileAmong, openFile } from './opening.ts';
import { pageHandler } from './page-protocol.ts';
import { acceptPorts } from './ports.ts';
import { manageQuit } from './quitting.ts';
import { showNotification } from './notifying.ts';
import { showTray } from './tray.ts';
import { addressOf, openWindow } from './window.ts';
import { askBeforeLeaving, leaveWindow } from './leaving.ts';

export type Electron = Pick<
  typeof ElectronModule,
  | 'app'
  | 'BrowserWindow'
  | 'dialog'
  | 'ipcMain'
  | 'Menu'
  | 'nativeImage'
  | 'Notification'
  | 'protocol'
  | 'session'
  | 'Tray'
>;

export interface ShellOptions {
  readonly electron: Electron;
  readonly platform: NodeJS.Platform;
  readonly argv: readonly string[];
  /** Folder of the built page, and path of the built preload. */
  readonly renderer: string;
  readonly preload: string;
  /** Path of the icon beside the clock. */
  readonly icon: string;
  readonly openLog: () => Promise<LogFile>;
  readonly createCore: (log: LogFile, notify: NonNullable<CoreOptions['notify']>) => Promise<Core>;
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
    let window: BrowserWindow | null = null;
    const showAt = (run: string | null): void => {
      if (window === null) {
        window = openWindow(electron.BrowserWindow, options.preload, run);
        askBeforeLeaving(window, dialog);
        window.on('closed', () => (window = null));
        return;
      }
      // Another fragment of the page that is there: nothing of it is lost.
      if (run !== null) void window.loadURL(addressOf(run));
      if (window.isMinimized()) window.restore();
      window.focus();
    };
    show = () => showAt(null);
    const core = await options.createCore(log, (notification) =>
      showNotification(electron.Notification, notification, showAt),
    );
    const box = createOpenedBox();
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
      tray?.dispose();
      await core.dispose().catch((thrown: unknown) => log.error('the core did not close', { error: thrown }));
      await log.close();
    };
    const leave = async (): Promise<boolean> => window === null || (await leaveWindow(window));
    manageQuit(app, dialog, core, { leave, close, stays: platform === 'darwin' });
    app.on('activate', () => show());
    const actions = {
      openFile: () => void chooseFile(dialog).then((path) => path !== null && open(path)),
      stopAll: () =>
        void core.runs.stopAll().catch((thrown: unknown) => log.error('stop all failed', { error: thrown })),
    };
    Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(actions, platform === 'darwin')));
    const tray = trayOf(
      () =>
        showTray(electron, options.icon, core, {
          show,
          open: showAt,
          stopAll: actions.stopAll,
          quit: () => app.quit(),
        }),
      log,
    );
    if (wanted !== null) await openFile(wanted, opening);
    if (window === null) show();
  } catch (thrown) {
    log.error('the app could not start', { error: thrown });
    await log.close();
    throw thrown;
  }
}

/** Some desktops have no place for it. */
function trayOf(make: () => { dispose(): void }, log: LogFile): { dispose(): void } | null {
  try {
    return make();
  } catch (thrown) {
    log.warn('there is no icon beside the clock', { problem: String(thrown) });
    return null;
  }
}

async function chooseFile(dialog: Electron['dialog']): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog({ properties: ['openFile'] });
  return canceled ? null : (filePaths[0] ?? null);
}

/** Where the built parts are, seen from the folder of the app; images and samples are outside its archive. */
export function shellPaths(appPath: string): { renderer: string; preload: string; assets: string; icon: string } {
  return {
    renderer: join(appPath, 'dist', 'renderer'),
    preload: join(appPath, 'dist', 'preload', 'preload.cjs'),
    assets: join(appPath.replace(/app\.asar$/, 'app.asar.unpacked'), 'assets'),
    icon: join(appPath, 'assets', 'icons', 'tray.png'),
  };
}
