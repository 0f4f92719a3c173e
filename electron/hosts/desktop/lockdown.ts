/** What no page in this app may do: leave, open windows, ask for permissions, reach the network (HOST-1). */
import type { App, Session, WebContents } from 'electron';
import type { Log } from '#core/storage/log.ts';
import { DESKTOP_ORIGIN } from '#shared/contract/handshake.ts';

/** *Copy* buttons need it; it cannot read. */
const ALLOWED_PERMISSION = 'clipboard-sanitized-write';

/** What the page may load: itself, what it made (*Save*), and the developer tools. */
const OWN_ADDRESSES = [`${DESKTOP_ORIGIN}/`, `blob:${DESKTOP_ORIGIN}/`, 'data:', 'devtools:'];

const own = (url: string): boolean => url.startsWith(`${DESKTOP_ORIGIN}/`);

/** Denies navigation elsewhere, new windows and embedded views to every page of the app. */
export function lockContents(app: Pick<App, 'on'>, log: Log): void {
  app.on('web-contents-created', (_created, contents: WebContents) => {
    const deny = (event: { preventDefault(): void; url?: string }): void => {
      // A reload of the same page passes; it is also how the page gets out of an error.
      if (event.url !== undefined && own(event.url)) return;
      event.preventDefault();
      log.warn('a page tried to go elsewhere');
    };
    contents.on('will-navigate', deny);
    contents.on('will-redirect', deny);
    contents.on('will-frame-navigate', deny);
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
}

/** Denies permissions and every request but those for our own page. */
export function lockSession(session: Session, log: Log): void {
  session.setPermissionRequestHandler((_contents, permission, answer, details) =>
    answer(permission === ALLOWED_PERMISSION && own(details.requestingUrl)),
  );
  session.setPermissionCheckHandler(
    (_contents, permission, origin) => permission === ALLOWED_PERMISSION && own(`${origin.replace(/\/$/, '')}/`),
  );
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    const allowed = OWN_ADDRESSES.some((start) => url.startsWith(start));
    if (!allowed) log.warn('a request beyond the page was stopped');
    answer({ cancel: !allowed });
  });
}
