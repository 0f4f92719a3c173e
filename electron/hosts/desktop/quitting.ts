/** Closing leaves runs going; quitting asks (RUN-14). */
import type { App, Dialog } from 'electron';
import type { Core } from '#core/core.ts';

function goingOf(core: Core): number {
  return core.runs.list().filter((run) => run.state !== 'finished').length;
}

export interface Quitting {
  /** Closes the window; false when the person stays for what is unsaved in it. */
  readonly leave: () => Promise<boolean>;
  readonly close: () => Promise<void>;
  /** Apps stay without a window (macOS). */
  readonly stays: boolean;
}

/**
 * Asks before a quit that would end runs or lose what is unsaved, then closes the core and exits.
 * Without a window and without runs the app ends by itself, except where apps stay.
 */
export function manageQuit(
  app: Pick<App, 'on' | 'quit' | 'exit'>,
  dialog: Pick<Dialog, 'showMessageBox'>,
  core: Core,
  { leave, close, stays }: Quitting,
): void {
  let state: 'open' | 'asking' | 'closing' = 'open';
  app.on('before-quit', (event) => {
    event.preventDefault();
    if (state !== 'open') return;
    state = 'asking';
    void confirmed(dialog, goingOf(core)).then(async (yes) => {
      if (!yes || !(await leave())) {
        state = 'open';
        return;
      }
      state = 'closing';
      await close().finally(() => app.exit(0));
    });
  });
  app.on('window-all-closed', () => {
    if (!stays) void whenIdle(core).then(() => app.quit());
  });
}

async function confirmed(dialog: Pick<Dialog, 'showMessageBox'>, going: number): Promise<boolean> {
  if (going === 0) return true;
  const runs = going === 1 ? '1 run is' : `${going} runs are`;
  const { response } = await dialog.showMessageBox({
    type: 'question',
    message: `${runs} going. End ${going === 1 ? 'it' : 'them'} and quit?`,
    detail: 'What they printed so far is kept.',
    buttons: ['Keep running', 'End and quit'],
    defaultId: 0,
    cancelId: 0,
  });
  return response === 1;
}

/** Resolves when no run is going. */
async function whenIdle(core: Core): Promise<void> {
  if (goingOf(core) === 0) return;
  const changes = core.runs.watchList()[Symbol.asyncIterator]();
  while (goingOf(core) > 0) await changes.next();
  await changes.return?.();
}
