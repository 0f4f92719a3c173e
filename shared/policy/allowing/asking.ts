/** Which denied hosts one rule would open, and which of them nobody should decide on by one click for many (NET-4). Pure. */
import type { SpecialKind } from '../network/special.ts';
import type { Host, Network } from './ledger.ts';

/** A host that one rule would open. */
export interface Asking {
  readonly key: string;
  readonly host: string;
  /** What would be allowed. */
  readonly rule: string;
  readonly why: string;
  readonly times: number;
  readonly special: SpecialKind | null;
}

/** What needs a look of its own first, then in the order of first sight. Hosts that no rule opens, that were kept blocked or whose rule is in force already do not ask. */
export function askingHosts({ hosts, allowed }: Network, kept: ReadonlySet<string>): Asking[] {
  const asking = hosts.flatMap((host: Host) => {
    const { remedy } = host;
    if (host.host === null || remedy === null || remedy.rule === null) return [];
    if (kept.has(host.key) || allowed.includes(remedy.rule)) return [];
    return [
      {
        key: host.key,
        host: host.host,
        rule: remedy.rule,
        why: host.why,
        times: host.denied,
        special: remedy.special,
      },
    ];
  });
  return asking.toSorted((a, b) => Number(needsOwnLook(b)) - Number(needsOwnLook(a)));
}

/** Places on which nobody should decide by one click for many. */
export const needsOwnLook = ({ special }: Asking): boolean => special !== null && special !== 'reserved';
