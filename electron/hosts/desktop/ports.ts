/** Takes the port that the preload hands over, and serves the contract on it (HOST-1). */
import type { IpcMain, IpcMainEvent, WebContents } from 'electron';
import type { BellglassRouter } from '#core/rpc/router.ts';
import { servePort } from '#core/rpc/serve.ts';
import type { Log } from '#core/storage/log.ts';
import { DESKTOP_ORIGIN, PORT_CHANNEL } from '#shared/contract/handshake.ts';

/** Why this sender gets nothing; null when it is the main frame of our window, showing our page. */
function refusalOf(event: IpcMainEvent, window: WebContents | undefined): string | null {
  if (window === undefined || event.sender !== window) return 'another window';
  const frame = event.senderFrame;
  if (frame === null || frame !== window.mainFrame) return 'a frame inside the page';
  if (!frame.url.startsWith(`${DESKTOP_ORIGIN}/`)) return 'another page';
  return event.ports.length === 1 ? null : 'not one port';
}

/** Serves each port that our own page sends; closes and logs every other. `current` is the window of the app. */
export function acceptPorts(
  ipcMain: Pick<IpcMain, 'on'>,
  current: () => WebContents | undefined,
  router: BellglassRouter,
  log: Log,
): void {
  ipcMain.on(PORT_CHANNEL, (event) => {
    const refusal = refusalOf(event, current());
    const [port] = event.ports;
    if (refusal !== null || port === undefined) {
      for (const given of event.ports) given.close();
      log.warn('a port was refused', { from: refusal ?? 'nobody' });
      return;
    }
    servePort(port, router, log);
    port.start();
  });
}
