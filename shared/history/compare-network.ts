/** Whom two runs talked to, host by host (RUN-12, NET-3). Pure. */
import type { RunDetail } from '../contract/runs.ts';
import { Ledger, placeWords, type Host, type HostVerdict } from '../policy/allowing/ledger.ts';

/** What one run had to do with a host. */
export interface HostSide {
  readonly verdict: HostVerdict;
  /** Ports of its connections in words; empty when it was only looked up. */
  readonly ports: string;
  readonly lookups: number;
  readonly connections: number;
  /** Refused lookups and connections. */
  readonly denied: number;
  /** Bytes. */
  readonly received: number;
  readonly sent: number;
  /** The line that decided. */
  readonly rule: string;
}

export interface ComparedHost {
  /** Name or address; null for hosts that were only counted. */
  readonly host: string | null;
  readonly a: HostSide | null;
  readonly b: HostSide | null;
  /** `amounts`: allowed or refused alike, but not as often or with as many bytes. */
  readonly change: 'only-a' | 'only-b' | 'verdict' | 'amounts' | 'same';
}

function sideOf(host: Host): HostSide {
  const { verdict, places, lookups, connections, denied, bytesIn, bytesOut, rule } = host;
  return {
    verdict,
    ports: placeWords(places),
    lookups,
    connections,
    denied,
    received: bytesIn,
    sent: bytesOut,
    rule,
  };
}

function hostsOf({ events }: RunDetail): Map<string, { readonly host: string | null; readonly side: HostSide }> {
  // What would allow a host is not asked here, so what was listed does not matter.
  const { hosts } = new Ledger('full', []).take(events);
  return new Map(hosts.map((host) => [host.key, { host: host.host, side: sideOf(host) }]));
}

function changeOf(a: HostSide | undefined, b: HostSide | undefined): ComparedHost['change'] {
  if (!b) return 'only-a';
  if (!a) return 'only-b';
  if (a.verdict !== b.verdict || a.ports !== b.ports) return 'verdict';
  const alike = (['lookups', 'connections', 'denied', 'received', 'sent'] as const).every((key) => a[key] === b[key]);
  return alike ? 'same' : 'amounts';
}

const ORDER = ['only-a', 'only-b', 'verdict', 'amounts', 'same'] as const;

/** What differs most comes first; among equals in the order in which they were seen. */
export function compareNetwork(a: RunDetail, b: RunDetail): ComparedHost[] {
  const [one, other] = [hostsOf(a), hostsOf(b)];
  return [...new Set([...one.keys(), ...other.keys()])]
    .map((key): ComparedHost => {
      const [left, right] = [one.get(key), other.get(key)];
      return {
        host: left?.host ?? right?.host ?? null,
        a: left?.side ?? null,
        b: right?.side ?? null,
        change: changeOf(left?.side, right?.side),
      };
    })
    .toSorted((x, y) => ORDER.indexOf(x.change) - ORDER.indexOf(y.change));
}
