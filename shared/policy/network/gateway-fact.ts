/** Whether this engine can carry a gateway, as far as it was tried (ENG-3, NET-2). */
import type { Capabilities } from '../../domain/engine.ts';
import { enforced, notHere, partly, type EnforcementFact } from '../field.ts';

const NEEDED = ['nftables', 'nflog'] as const;
export const NOT_TRIED = 'not probed yet';

type Part = 'nftables' | 'nflog' | 'rateShaping' | 'connectionTracking';

const WORDS: Readonly<Record<Part, string>> = {
  nftables: 'filter packets of one container',
  nflog: 'tell what its packet filter refused',
  rateShaping: 'limit download and upload',
  connectionTracking: 'count connections',
};

/** `partly` until it was tried; a run that cannot be kept then is refused before its script begins. */
export function gatewayFact(engine: Capabilities, more?: Part): EnforcementFact {
  const needed: readonly Part[] = more === undefined ? NEEDED : [...NEEDED, more];
  for (const part of needed) {
    if (engine[part]) continue;
    return engine.evidence[part] === NOT_TRIED
      ? partly('This engine was not tried yet; a run that it cannot keep to its rules is refused before it begins.')
      : notHere(`This engine cannot ${WORDS[part]}.`, 'Use an engine whose kernel has nftables, NFLOG, tbf and ifb.');
  }
  return enforced();
}
