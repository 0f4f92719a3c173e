/** Addresses and address ranges, IPv4 and IPv6, strictly read: no octal, hexadecimal or shortened forms (NET-2). */
import ipaddr from 'ipaddr.js';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

export interface Cidr {
  readonly address: Address;
  /** Length of the prefix. */
  readonly bits: number;
}

/** Null for anything that is not one plain address. An IPv6 form of an IPv4 address becomes that IPv4 address. */
export function parseAddress(text: string): Address | null {
  if (text.length > 45 || text.includes('%')) return null;
  if (ipaddr.IPv4.isValidFourPartDecimal(text) && !/(^|\.)0\d/.test(text)) return ipaddr.IPv4.parse(text);
  if (!text.includes(':') || !ipaddr.IPv6.isValid(text)) return null;
  const address = ipaddr.IPv6.parse(text);
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

/** `ADDRESS` or `ADDRESS/BITS`; the address is cut to its network. Null for anything else. */
export function parseCidr(text: string): Cidr | null {
  const [, host = '', suffix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = parseAddress(host);
  if (address === null) return null;
  const most = widthOf(address);
  const bits = suffix === undefined ? most : Number(suffix);
  // A mapped address was shortened to 32 bits, so a suffix for 128 would mean something else.
  if (bits > most || (suffix !== undefined && host.includes(':') && most === 32)) return null;
  return { address: network(address, bits), bits };
}

function widthOf(address: Address): number {
  return address.kind() === 'ipv4' ? 32 : 128;
}

function network(address: Address, bits: number): Address {
  const bytes = address.toByteArray();
  const cut = bytes.map((byte, i) => byte & (0xff << (8 - Math.min(8, Math.max(0, bits - 8 * i)))) & 0xff);
  return ipaddr.fromByteArray(cut);
}

/** The shortest form that `parseAddress` takes back. */
export function formatAddress(address: Address): string {
  return address.toString();
}

export function isSingle({ address, bits }: Cidr): boolean {
  return bits === widthOf(address);
}

/** With `/BITS` unless it is a single address. */
export function formatCidr({ address, bits }: Cidr): string {
  return isSingle({ address, bits }) ? address.toString() : `${address.toString()}/${bits}`;
}

export function contains(range: Cidr, address: Address): boolean {
  return range.address.kind() === address.kind() && address.match(range.address, range.bits);
}

/** True when every address of `inner` is in `outer`. */
export function within(inner: Cidr, outer: Cidr): boolean {
  return inner.bits >= outer.bits && contains(outer, inner.address);
}

/** From text that is known to be good. Throws TypeError otherwise. */
export function cidr(text: string): Cidr {
  const parsed = parseCidr(text);
  if (parsed === null) throw new TypeError(`not an address range: ${text}`);
  return parsed;
}
