/** The one window. */
import type { BrowserWindow, BrowserWindowConstructorOptions } from 'electron';
import { DESKTOP_ORIGIN } from '#shared/contract/handshake.ts';

/** Options of the window: a sandboxed page that shares nothing with Node (HOST-1). */
export function windowOptions(preload: string): BrowserWindowConstructorOptions {
  return {
    width: 1320,
    height: 860,
    minWidth: 960,
    minHeight: 600,
    show: false,
    title: 'Bellglass',
    backgroundColor: '#0d1117',
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      disableDialogs: true,
      autoplayPolicy: 'user-gesture-required',
    },
  };
}

/** Where the page is, or one run of it. */
export function addressOf(run: string | null): string {
  return run === null ? `${DESKTOP_ORIGIN}/` : `${DESKTOP_ORIGIN}/#/runs/${encodeURIComponent(run)}`;
}

/** Opens the window, with a run where one is named; it shows once there is something to see. */
export function openWindow(Window: typeof BrowserWindow, preload: string, run: string | null = null): BrowserWindow {
  const window = new Window(windowOptions(preload));
  window.once('ready-to-show', () => window.show());
  void window.loadURL(addressOf(run));
  return window;
}
