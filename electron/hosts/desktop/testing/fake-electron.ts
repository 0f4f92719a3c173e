/** A double of the parts of Electron that the shell uses; it records, and tests play the system. */
import { EventEmitter } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import type { MenuItemConstructorOptions } from 'electron';
import type { Electron } from '../shell.ts';

type PermissionRequest = (
  c: unknown,
  name: string,
  answer: (ok: boolean) => void,
  d: { requestingUrl: string },
) => void;
type PermissionCheck = (contents: unknown, name: string, origin: string) => boolean;
type BeforeRequest = (details: { url: string }, answer: (result: { cancel: boolean }) => void) => void;

export class FakeContents extends EventEmitter {
  readonly mainFrame = { url: 'app://bellglass/' };
  openHandler: (() => { action: string }) | undefined;
  reloads = 0;

  setWindowOpenHandler(handler: () => { action: string }): void {
    this.openHandler = handler;
  }

  reload(): void {
    this.reloads += 1;
  }
}

export class FakeWindow extends EventEmitter {
  readonly webContents = new FakeContents();
  readonly options: { webPreferences?: Record<string, unknown> };
  readonly loaded: string[] = [];
  shown = false;
  focused = 0;
  /** Its page has something unsaved. */
  unsaved = false;

  constructor(options: object) {
    super();
    this.options = options;
  }

  async loadURL(url: string): Promise<void> {
    this.loaded.push(url);
  }

  show(): void {
    this.shown = true;
  }

  focus(): void {
    this.focused += 1;
  }

  /** As a window does: its page may hold it back. */
  close(): void {
    let goes = !this.unsaved;
    if (this.unsaved) this.webContents.emit('will-prevent-unload', { preventDefault: () => (goes = true) });
    if (goes) this.emit('closed');
  }

  isMinimized(): boolean {
    return false;
  }

  restore(): void {
    this.focused += 1;
  }
}

export interface FakeOptions {
  /** False: another instance runs already. */
  readonly first?: boolean;
  /** Index of the button that the person presses in each question. */
  readonly answer?: number;
  /** The box that a question may have is ticked. */
  readonly ticked?: boolean;
  /** False: the desktop has no place for an icon. */
  readonly tray?: boolean;
}

export class FakeNotification extends EventEmitter {
  readonly options: { title: string; body: string };
  shown = false;

  constructor(options: { title: string; body: string }) {
    super();
    this.options = options;
  }

  show(): void {
    this.shown = true;
  }
}

export function fakeElectron({ first = true, answer = 0, ticked = false, tray = true }: FakeOptions = {}) {
  const seen = {
    lockData: undefined as unknown,
    sandboxed: false,
    quits: 0,
    exit: undefined as number | undefined,
    questions: [] as string[],
    errors: [] as string[],
    windows: [] as FakeWindow[],
    menu: [] as MenuItemConstructorOptions[],
    notifications: [] as FakeNotification[],
    tray: { menu: [] as MenuItemConstructorOptions[], tip: '', destroyed: false },
    schemes: [] as unknown[],
    protocols: new Map<string, (request: Request) => Promise<Response>>(),
    permissionRequest: undefined as PermissionRequest | undefined,
    permissionCheck: undefined as PermissionCheck | undefined,
    device: undefined as (() => boolean) | undefined,
    beforeRequest: undefined as BeforeRequest | undefined,
  };
  const app = Object.assign(new EventEmitter(), {
    isPackaged: false,
    requestSingleInstanceLock: (data: unknown) => {
      seen.lockData = data;
      return first;
    },
    enableSandbox: () => (seen.sandboxed = true),
    whenReady: async () => undefined,
    quit: () => {
      seen.quits += 1;
      app.emit('before-quit', { preventDefault: () => undefined });
    },
    exit: (code: number) => {
      seen.exit = code;
      app.emit('exited');
    },
  });
  const ipcMain = new EventEmitter();
  class Window extends FakeWindow {
    constructor(options: object) {
      super(options);
      seen.windows.push(this);
      app.emit('web-contents-created', {}, this.webContents);
    }
  }
  class Tray extends EventEmitter {
    constructor() {
      super();
      if (!tray) throw new Error('no tray here');
    }
    setToolTip(tip: string): void {
      seen.tray.tip = tip;
    }
    setContextMenu(menu: MenuItemConstructorOptions[]): void {
      seen.tray.menu = menu;
    }
    destroy(): void {
      seen.tray.destroyed = true;
    }
  }
  class Shown extends FakeNotification {
    static isSupported(): boolean {
      return true;
    }
    constructor(options: { title: string; body: string }) {
      super(options);
      seen.notifications.push(this);
    }
  }
  const electron = {
    app,
    Tray,
    Notification: Shown,
    nativeImage: { createFromPath: (path: string) => path },
    BrowserWindow: Window,
    dialog: {
      showMessageBox: async ({ message, checkboxLabel }: { message: string; checkboxLabel?: string }) => {
        seen.questions.push(message);
        return { response: answer, checkboxChecked: checkboxLabel !== undefined && ticked };
      },
      showMessageBoxSync: ({ message }: { message: string }) => {
        seen.questions.push(message);
        return answer;
      },
      showErrorBox: (title: string) => seen.errors.push(title),
      showOpenDialog: async () => ({ canceled: true, filePaths: [] }),
    },
    ipcMain,
    Menu: {
      buildFromTemplate: (template: MenuItemConstructorOptions[]) => template,
      setApplicationMenu: (template: MenuItemConstructorOptions[]) => (seen.menu = template),
    },
    protocol: {
      registerSchemesAsPrivileged: (schemes: unknown[]) => seen.schemes.push(...schemes),
      handle: (scheme: string, handler: (request: Request) => Promise<Response>) => seen.protocols.set(scheme, handler),
    },
    session: {
      defaultSession: Object.assign(new EventEmitter(), {
        setPermissionRequestHandler: (handler: PermissionRequest) => (seen.permissionRequest = handler),
        setPermissionCheckHandler: (handler: PermissionCheck) => (seen.permissionCheck = handler),
        setDevicePermissionHandler: (handler: () => boolean) => (seen.device = handler),
        webRequest: { onBeforeRequest: (handler: BeforeRequest) => (seen.beforeRequest = handler) },
      }),
    },
  };
  return { electron: electron as unknown as Electron, app, ipcMain, seen };
}

/** A node port dressed as Electron's: its message events carry the data inside. Returns it and the page's end. */
export function portPair(): { given: EventEmitter & { close(): void; start(): void }; page: MessagePort } {
  const { port1, port2 } = new MessageChannel();
  const given = Object.assign(new EventEmitter(), {
    start: () => port1.start(),
    close: () => port1.close(),
    postMessage: (data: unknown) => port1.postMessage(data),
  });
  port1.on('message', (data: unknown) => given.emit('message', { data, ports: [] }));
  port1.on('close', () => given.emit('close'));
  return { given, page: port2 };
}
