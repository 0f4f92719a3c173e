/** Closing leaves runs going; quitting asks (RUN-14). */
import type { App, Dialog } from 'electron';
import type { Core } from '#core/core.ts';
import { openRuns, runsAre } from '../open-runs.ts';

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
    void confirmed(dialog, core).then(async ({ quits, cancels }) => {
      if (!quits || !(await leave())) {
        state = 'open';
        return;
      }
      state = 'closing';
      await Promise.allSettled(cancels.map((id) => core.runs.stop(id)));
      await close().finally(() => app.exit(0));
    });
  });
  app.on('window-all-closed', () => {
    if (!stays) void whenIdle(core).then(() => app.quit());
  });
}

interface Answer {
  readonly quits: boolean;
  /** Ids of waiting runs that are not to come back. */
  readonly cancels: readonly string[];
}

/** Asks what becomes of what goes on and of what waits; the queue is kept unless the person says otherwise. */
async function confirmed(dialog: Pick<Dialog, 'showMessageBox'>, core: Core): Promise<Answer> {
  const { going, waiting } = openRuns(core);
  if (going + waiting.length === 0) return { quits: true, cancels: [] };
  const queue = `${runsAre(waiting.length).replace('run', 'waiting run')} kept in the queue for the next start.`;
  const details = [...(going > 0 ? ['What was printed so far is kept.'] : []), ...(waiting.length > 0 ? [queue] : [])];
  const { response, checkboxChecked } = await dialog.showMessageBox({
    type: 'question',
    message:
      going > 0
        ? `${runsAre(going)} going. End ${going === 1 ? 'it' : 'them'} and quit?`
        : `${runsAre(waiting.length)} waiting. Quit?`,
    detail: details.join('\n'),
    buttons: going > 0 ? ['Keep running', 'End and quit'] : ['Stay', 'Quit'],
    defaultId: 0,
    cancelId: 0,
    ...(waiting.length > 0 && { checkboxLabel: 'Cancel what waits', checkboxChecked: false }),
  });
  return { quits: response === 1, cancels: checkboxChecked ? waiting : [] };
}

/** Resolves when nothing goes on, and nothing waits but for a person. */
async function whenIdle(core: Core): Promise<void> {
  const busy = (): boolean => {
    const { going, waiting, held } = openRuns(core);
    return going + waiting.length > held;
  };
  if (!busy()) return;
  const changes = core.runs.watchList()[Symbol.asyncIterator]();
  while (busy()) await changes.next();
  await changes.return?.();
}
