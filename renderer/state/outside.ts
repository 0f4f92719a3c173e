/** Notifications of the browser, for whoever wants them and only while nobody looks at the page (AUD-3, UX-5). */
import type { AlertNotification } from '#shared/domain/alert.ts';
import { DESKTOP_PROTOCOL } from '#shared/contract/handshake.ts';
import { go } from './route.ts';
import { openAlerts } from './alerts-panel.ts';

const KEY = 'bellglass.notifications';

/** `desktop`: the system shows them, the page has nothing to do. */
export type Outside = 'desktop' | 'on' | 'off' | 'refused' | 'unable';

/** How it stands in this browser. */
export function outsideNow(): Outside {
  if (window.location.protocol === DESKTOP_PROTOCOL) return 'desktop';
  if (!('Notification' in window)) return 'unable';
  if (Notification.permission === 'denied') return 'refused';
  return Notification.permission === 'granted' && localStorage.getItem(KEY) === 'on' ? 'on' : 'off';
}

/** Switches them; asks the browser where it was not asked before. Call it on a click. */
export async function setOutside(on: boolean): Promise<Outside> {
  if (!on) localStorage.removeItem(KEY);
  else if ('Notification' in window) {
    const permission = await Notification.requestPermission();
    if (permission === 'granted') localStorage.setItem(KEY, 'on');
  }
  return outsideNow();
}

/** Shows it where it is wanted. A click leads to the run, or to the list of alerts. */
export function showOutside({ rule, title, body, run }: AlertNotification): void {
  if (outsideNow() !== 'on' || (document.visibilityState === 'visible' && document.hasFocus())) return;
  // The same tag: two pages of the app show one.
  const shown = new Notification(title, { body, tag: `bellglass ${rule}` });
  shown.addEventListener('click', () => {
    window.focus();
    if (run === null) openAlerts();
    else go({ at: 'run', id: run });
    shown.close();
  });
}
