/** A page with something unsaved asks to stay; without an answer the window could never be closed. */
import type { BrowserWindow, Dialog } from 'electron';

type Leaving = Pick<BrowserWindow, 'webContents' | 'close' | 'once' | 'off'>;

const refusals = new WeakMap<object, () => void>();

/** Asks when the page holds itself back from being closed or loaded anew; the person decides. */
export function askBeforeLeaving(
  window: Pick<BrowserWindow, 'webContents'>,
  dialog: Pick<Dialog, 'showMessageBoxSync'>,
): void {
  window.webContents.on('will-prevent-unload', (event) => {
    const answer = dialog.showMessageBoxSync({
      type: 'question',
      message: 'Leave without saving the changed policies?',
      detail: 'What is not saved is lost.',
      buttons: ['Stay', 'Leave without saving'],
      defaultId: 0,
      cancelId: 0,
    });
    // Here it means that the page may go.
    if (answer === 1) event.preventDefault();
    else refusals.get(window)?.();
  });
}

/** Closes the window as the person would; false when they chose to stay for what is unsaved in it. */
export function leaveWindow(window: Leaving): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (left: boolean): void => {
      refusals.delete(window);
      window.off('closed', closed);
      resolve(left);
    };
    const closed = (): void => done(true);
    refusals.set(window, () => done(false));
    window.once('closed', closed);
    window.close();
  });
}
