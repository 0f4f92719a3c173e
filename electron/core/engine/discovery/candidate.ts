/** One place where an engine may answer. */
import { parseAddress, type EngineAddress } from '../adapter/address.ts';

/** A place to try, or one that is known not to work before trying. */
export interface Candidate {
  readonly id: string;
  readonly label: string;
  readonly url: string;
  readonly address: EngineAddress | null;
  /** Why it cannot be tried. */
  readonly reason?: string;
  readonly fix?: string;
}

/** A candidate for any address that somebody wrote down, with the reason when it cannot be tried. */
export function candidateFor(id: string, label: string, url: string): Candidate {
  const address = parseAddress(url);
  if (address) return { id, label, url, address };
  const scheme = /^([a-z]+):\/\//.exec(url)?.[1];
  const remote = scheme === 'ssh' || scheme === 'tcp' || scheme === 'http' || scheme === 'https';
  return {
    id,
    label,
    url,
    address: null,
    reason: remote
      ? `Engines on other machines (${scheme}) are not supported yet.`
      : `"${url}" is not an address that Bellglass understands.`,
    fix: remote ? 'Use an engine on this machine.' : 'Write it like unix:///run/docker.sock.',
  };
}
