/** The application menu: what the system expects, and a file to open. */
import type { MenuItemConstructorOptions } from 'electron';

export interface MenuActions {
  openFile(): void;
  stopAll(): void;
}

/** The menu as a template. `mac`: the first menu is the app's own. */
export function menuTemplate(actions: MenuActions, mac: boolean): MenuItemConstructorOptions[] {
  const file: MenuItemConstructorOptions = {
    label: 'File',
    submenu: [
      { label: 'Open script…', accelerator: 'CmdOrCtrl+O', click: () => actions.openFile() },
      { label: 'Stop all runs', click: () => actions.stopAll() },
      { type: 'separator' },
      mac ? { role: 'close' } : { role: 'quit' },
    ],
  };
  return [
    ...(mac ? [{ role: 'appMenu' } as const] : []),
    file,
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [
        { role: 'reload' },
        { role: 'toggleDevTools' },
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'windowMenu' },
  ];
}
