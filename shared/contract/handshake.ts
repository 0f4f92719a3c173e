/** The handshake of the WebSocket: client sends `{token}`, server answers `{welcome: true}`, then calls flow. */

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
