/** The icon beside the clock: what goes on, the way back, and the way to stop it all (UX-5, RUN-14). */
import type { Menu, MenuItemConstructorOptions, nativeImage, Tray } from 'electron';
import type { Core } from '#core/core.ts';
import type { RunSummary } from '#shared/domain/run.ts';

/** Runs in its menu. */
const SHOWN = 6;
/** Characters of a script's name. */
const NAME = 40;

export interface TrayActions {
  show(): void;
  /** Shows one run. */
  open(run: string): void;
  stopAll(): void;
  quit(): void;
}

const going = (run: RunSummary): boolean => run.state !== 'finished';

/** A name as a menu shows it: no accelerator, no line of its own. */
function label(name: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  const plain = name.replaceAll(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, ' ').replaceAll('&', '&&');
  return plain.length > NAME ? `${plain.slice(0, NAME)}…` : plain;
}

/** The menu for these runs, newest first. */
export function trayMenu(runs: readonly RunSummary[], actions: TrayActions): MenuItemConstructorOptions[] {
  const open = runs.filter(going).length;
  const shown = [...runs.filter(going), ...runs.filter((run) => !going(run))].slice(0, SHOWN);
  return [
    { label: 'Show Bellglass', click: () => actions.show() },
    { type: 'separator' },
    ...shown.map((run): MenuItemConstructorOptions => ({
      label: `${label(run.name)} · ${run.verdict?.outcome ?? run.state}`,
      click: () => actions.open(run.id),
    })),
    ...(shown.length > 0 ? [{ type: 'separator' } as const] : []),
    {
      label: open === 0 ? 'Stop all runs' : `Stop all runs (${open})`,
      enabled: open > 0,
      click: () => actions.stopAll(),
    },
    { label: 'Quit Bellglass', click: () => actions.quit() },
  ];
}

/** Shows the icon and keeps its menu as the runs are, until disposed. A system without a tray has none. */
export function showTray(
  electron: { readonly Tray: typeof Tray; readonly Menu: typeof Menu; readonly nativeImage: typeof nativeImage },
  icon: string,
  core: Pick<Core, 'runs'>,
  actions: TrayActions,
): { dispose(): void } {
  const tray = new electron.Tray(electron.nativeImage.createFromPath(icon));
  const stop = new AbortController();
  let said = '';
  const draw = (): void => {
    const runs = core.runs.list();
    const count = runs.filter(going).length;
    const now = JSON.stringify(runs.slice(0, SHOWN * 4).map(({ id, state }) => [id, state]));
    // Opened menus close when they are replaced.
    if (now === said) return;
    said = now;
    tray.setToolTip(count === 0 ? 'Bellglass' : `Bellglass: ${count} ${count === 1 ? 'run goes' : 'runs go'} on`);
    tray.setContextMenu(electron.Menu.buildFromTemplate(trayMenu(runs, actions)));
  };
  tray.on('click', () => actions.show());
  draw();
  const changes = core.runs.watchList(stop.signal)[Symbol.asyncIterator]();
  void (async () => {
    while (!(await changes.next()).done) draw();
  })().catch(() => {});
  return {
    dispose() {
      stop.abort();
      tray.destroy();
    },
  };
}
