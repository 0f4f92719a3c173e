/** What a run reached and wanted to reach, by host, folded from its events (NET-3). Pure. */
import type { NetworkEvent } from '#shared/domain/network.ts';
import type { Happening } from './journal.ts';

export interface HostLine {
  readonly key: string;
  /** Name, or address when no name is known. */
  readonly host: string;
  readonly port: number | null;
  readonly protocol: NetworkEvent['protocol'];
  readonly verdict: 'allowed' | 'denied';
  readonly rule: string;
  readonly why: string;
  readonly lookups: number;
  readonly connections: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Epoch milliseconds of the last event. */
  readonly lastAt: number;
}

type Seen = Extract<Happening, { type: 'network' }>;

function fold(line: HostLine | undefined, event: Seen, key: string): HostLine {
  const base = line ?? {
    key,
    host: event.name ?? event.address ?? 'other hosts',
    port: event.port,
    protocol: event.protocol,
    lookups: 0,
    connections: 0,
    bytesIn: 0,
    bytesOut: 0,
  };
  const ended = event.kind === 'close' && event.verdict === 'allowed';
  return {
    ...base,
    // The end of a connection says nothing new about the verdict.
    verdict: ended && line ? line.verdict : event.verdict,
    rule: event.rule,
    why: ended && line ? line.why : event.why,
    lookups: base.lookups + (event.kind === 'lookup' ? event.count : 0),
    connections: base.connections + (event.kind === 'connect' ? event.count : 0),
    bytesIn: base.bytesIn + (event.bytesIn ?? 0),
    bytesOut: base.bytesOut + (event.bytesOut ?? 0),
    lastAt: event.at,
  };
}

/**
 * One line per host and port, refused ones first, then the newest. A lookup that led to a connection is counted on the
 * connection's line; a refused lookup has a line without a port.
 */
export function hostsOf(happenings: readonly Happening[]): HostLine[] {
  const lines = new Map<string, HostLine>();
  const lookups = new Map<string, number>();
  for (const event of happenings) {
    if (event.type !== 'network') continue;
    const host = event.name ?? event.address ?? '';
    if (event.kind === 'lookup' && event.verdict === 'allowed') {
      lookups.set(host, (lookups.get(host) ?? 0) + event.count);
      // Allowed since: what was refused before is no open question any more.
      lines.delete(`${host} null`);
      continue;
    }
    const key = `${host} ${event.port}`;
    lines.set(key, fold(lines.get(key), event, key));
  }
  return [...lines.values()]
    .map((line) => ({ ...line, lookups: line.lookups + (lookups.get(line.host) ?? 0) }))
    .toSorted((a, b) => Number(a.verdict === 'allowed') - Number(b.verdict === 'allowed') || b.lastAt - a.lastAt);
}

const WEB = [80, 443];
const NEVER = /metadata|engine's machine|loopback|multicast/;

/** The rule that would let this host pass; null where none is offered. */
export function ruleFor({ host, port, protocol, why, verdict }: HostLine): string | null {
  if (verdict === 'allowed' || NEVER.test(why) || host === 'other hosts' || host.includes(':')) return null;
  if (protocol !== 'tcp' && protocol !== 'udp') return null;
  // What was said to an allowed host, or too many connections to it, is no question of the host.
  if (/names|request|connections are open/.test(why) && port !== null && !/resolves/.test(why)) return null;
  if (port === null) return host;
  if (protocol === 'udp') return `${host}:${port}/udp`;
  return WEB.includes(port) ? host : `${host}:${port}`;
}
