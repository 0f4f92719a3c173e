/** Where an engine listens. */

/** `unix:///path` or `npipe:////./pipe/name`, taken apart. */
export interface EngineAddress {
  /** As shown to people. */
  readonly url: string;
  /** What Node connects to: the path of the socket or of the pipe. */
  readonly socketPath: string;
}

/** Null for schemes that we do not speak yet (ssh, tcp) and for text that is no address. */
export function parseAddress(url: string): EngineAddress | null {
  const unix = /^unix:\/\/(\/.+)$/.exec(url)?.[1];
  if (unix) return { url, socketPath: unix };
  const pipe = /^npipe:\/\/(.+)$/.exec(url)?.[1];
  if (pipe) return { url, socketPath: pipe.replaceAll('\\', '/') };
  return null;
}
