/**
 * How a page reaches the contract. In a browser: the client sends `{token}`, server answers `{welcome: true}`, then calls flow.
 * In the window: the page asks its preload for a port, which makes a channel, offers one end and gives the other to the main process.
 */

/** Path of the WebSocket. */
export const SOCKET_PATH = '/rpc';

/** Close codes with which the host refuses a connection for good; any other close may be retried. */
export const CLOSE = {
  /** The first message was not a token. */
  malformed: 4400,
  /** Bellglass was started anew, or the address was mistyped. */
  wrongToken: 4401,
  /** No token within the time allowed. */
  late: 4408,
} as const;

/** Scheme and address of the page in the window. */
export const DESKTOP_PROTOCOL = 'app:';
export const DESKTOP_ORIGIN = 'app://bellglass';

/** What page and preload say to each other; the port travels with the offer. */
export const PORT_WANTED = 'bellglass:port-wanted';
export const PORT_OFFERED = 'bellglass:port-offered';

/** Channel on which the preload gives the main process its end. */
export const PORT_CHANNEL = 'bellglass:port';
