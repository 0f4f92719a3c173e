/** Addresses at which this machine answers, as far as it knows itself (NET-1). */
import { networkInterfaces } from 'node:os';

/** IPv4 and IPv6, without loopback and link-local ones: those are refused as such. */
export function ownAddresses(interfaces = networkInterfaces()): string[] {
  const all = Object.values(interfaces)
    .flatMap((entries) => entries ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:') && !address.includes('%'))
    .map(({ address }) => address);
  return [...new Set(all)];
}
