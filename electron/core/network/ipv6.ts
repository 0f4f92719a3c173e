/** Whether sandboxes get IPv6, and which addresses (NET-2). */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { parseCidr, contains, parseAddress } from '#shared/policy/network/address.ts';

export type Ipv6Wish = 'auto' | 'on' | 'off';

/** What this machine's kernel says of its own IPv6. */
export interface Ipv6Facts {
  /** Of its interfaces, all families. */
  readonly addresses: readonly string[];
  /** It passes packets on between interfaces already. */
  readonly forwards: boolean;
  /** Its way out was told by a router, which a kernel that begins to pass packets on no longer listens to. */
  readonly routeByRouter: boolean;
}

const PUBLIC = parseCidr('2000::/3')!;
/** RTF_ADDRCONF of linux/ipv6_route.h. */
const BY_ROUTER = 0x40000;

/** Pure. `auto` never costs this machine its own IPv6, and gives none where there is no way out. */
export function givesIpv6(wish: Ipv6Wish, { addresses, forwards, routeByRouter }: Ipv6Facts): boolean {
  if (wish !== 'auto') return wish === 'on';
  const wayOut = addresses.some((text) => {
    const address = parseAddress(text);
    return address !== null && contains(PUBLIC, address);
  });
  return wayOut && (forwards || !routeByRouter);
}

/** A default route in /proc/net/ipv6_route that a router told of. Pure. */
export function hasRouteByRouter(table: string): boolean {
  return table.split('\n').some((line) => {
    const [to, bits, , , , , , , flags = '0'] = line.trim().split(/\s+/);
    return to === '0'.repeat(32) && bits === '00' && (Number.parseInt(flags, 16) & BY_ROUTER) !== 0;
  });
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

/** All empty where this is no Linux or has no IPv6. */
export function ipv6Facts(): Ipv6Facts {
  return {
    addresses: Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address)),
    forwards: read('/proc/sys/net/ipv6/conf/all/forwarding').trim() === '1',
    routeByRouter: hasRouteByRouter(read('/proc/net/ipv6_route')),
  };
}

/** A range of an installation's own (RFC 4193) with room for 2^64 sandboxes. Pure. */
export function ownRange(instance: string): string {
  const digits = createHash('sha256').update(`bellglass ${instance}`).digest('hex').slice(0, 10);
  return `fd${digits.slice(0, 2)}:${digits.slice(2, 6)}:${digits.slice(6, 10)}::/64`;
}
