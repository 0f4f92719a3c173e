/** Addresses, ports and ids inside a gateway's network namespace. */

/** The agent's own user: the only one whose packets the filter lets out to relayed hosts. */
export const AGENT_UID = 64_002;
/** Relayed names get an address of these 131,072 (set aside for measurements, never routed); all of them are local here. */
export const NAMES_RANGE = '198.18.0.0/15';
const NAMES_FIRST = (198 << 24) | (18 << 16);
const NAMES_COUNT = 1 << 17;
/** The last of them, which no name gets: whoever calls it tries whether calls are looked at. */
export const PROBE_ADDRESS = '198.19.255.254';
export const PROBE_PORT = 9;
/** The relay listens from here on, one port for each relayed port. */
export const RELAY_PORT = 61_000;
/** Docker's resolver; what a sandbox finds in its resolv.conf on a network of ours. */
export const ENGINE_RESOLVER = '127.0.0.11';
export const DNS_ADDRESS = '127.0.0.53';
export const LOG_GROUP = 5;
/** Enough of a logged packet for its headers, bytes. */
export const SNAPLEN = 96;
export const TABLE = 'bellglass';

/** The n-th address for a name; null when they are used up. */
export function nameAddress(index: number): string | null {
  // Network and broadcast address are left out, and the one for trying.
  if (index + 1 >= NAMES_COUNT - 2) return null;
  const value = (NAMES_FIRST + index + 1) >>> 0;
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff).join('.');
}
