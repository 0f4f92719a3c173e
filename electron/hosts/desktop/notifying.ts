/** Alerts as notifications of the system; a click leads to the run (AUD-3, UX-5). */
import type { Notification as ElectronNotification } from 'electron';
import type { AlertNotification } from '#shared/domain/alert.ts';

/** Shown ones are held: what nobody holds is collected, and its click with it. */
const held = new Set<ElectronNotification>();

/** Shows one notification. `open` gets the run to lead to, or null for the list of runs. */
export function showNotification(
  Notification: typeof ElectronNotification,
  { title, body, severity, run }: AlertNotification,
  open: (run: string | null) => void,
): void {
  if (!Notification.isSupported()) return;
  const shown = new Notification({ title, body, silent: severity === 'info' || severity === 'warning' });
  held.add(shown);
  const gone = (): void => void held.delete(shown);
  shown.on('click', () => {
    gone();
    open(run);
  });
  shown.on('close', gone);
  shown.show();
}
