/** What an entry of `network.allow` or `network.block` names, as far as lint and words need it. Pure; never throws. */
import ipaddr, { type IPv4, type IPv6 } from 'ipaddr.js';

/** An address with how many of its bits count. */
export type Range = readonly [IPv4 | IPv6, number];

export interface Target {
  /** Lower case, without port, protocol, brackets and a trailing dot. */
  readonly host: string;
  /** `443`, `80`, `8000-8999`, `*`; a bare host means 443 and 80. */
  readonly ports: readonly string[];
  readonly protocol: 'tcp' | 'udp';
  readonly wildcard: boolean;
  /** Null for a name. */
  readonly range: Range | null;
}

/** An address or CIDR range; null for anything else. IPv4 written as IPv6 (`::ffff:…`) becomes IPv4. */
export function readRange(text: string): Range | null {
  const [address = '', mask, more] = text.split('/');
  if (more !== undefined || (mask !== undefined && !/^\d{1,3}$/.test(mask)) || address.includes('%')) return null;
  if (!ipaddr.IPv4.isValidFourPartDecimal(address) && !ipaddr.IPv6.isValid(address)) return null;
  const parsed = ipaddr.parse(address);
  const bits = parsed.kind() === 'ipv4' ? 32 : 128;
  const prefix = mask === undefined ? bits : Number(mask);
  if (prefix > bits) return null;
  if (parsed instanceof ipaddr.IPv6 && parsed.isIPv4MappedAddress() && prefix >= 96)
    return [parsed.toIPv4Address(), prefix - 96];
  return [parsed, prefix];
}

/** True when both have an address in common. */
export function overlaps([a, left]: Range, [b, right]: Range): boolean {
  return a.kind() === b.kind() && a.match(b, Math.min(left, right));
}

/** True when every address of `inner` is one of `outer`. */
export function contains(outer: Range, inner: Range): boolean {
  return outer[1] <= inner[1] && overlaps(outer, inner);
}

/** Reads an entry; a form that it does not know becomes a name with these letters. */
export function readTarget(entry: string): Target {
  const [, rest = entry, protocol = 'tcp'] = /^(.*?)(?:\/(tcp|udp))?$/i.exec(entry.trim()) ?? [];
  const bracket = /^\[([^\]]*)\](?::(.+))?$/.exec(rest);
  const bare = bracket === null && readRange(rest) !== null;
  const plain = /^([^:]*)(?::([\d,*-]+))?$/.exec(rest);
  const [host, ports] = bracket
    ? [bracket[1] ?? '', bracket[2]]
    : bare || plain === null
      ? [rest, undefined]
      : [plain[1] ?? '', plain[2]];
  const name = host.toLowerCase().replace(/\.$/, '');
  return {
    host: name,
    ports: ports === undefined ? ['443', '80'] : ports.split(','),
    protocol: protocol.toLowerCase() === 'udp' ? 'udp' : 'tcp',
    wildcard: name.startsWith('*'),
    range: readRange(name),
  };
}

/** True when the entry's ports include this one. */
export function hasPort(target: Target, port: number): boolean {
  return target.ports.some((part) => {
    const [from = '', to = from] = part.split('-');
    return part === '*' || (Number(from) <= port && port <= Number(to));
  });
}

/** True when a name rule covers a name: `*.a.example` covers `b.a.example` but not `a.example`. */
export function coversName(rule: string, name: string): boolean {
  if (rule === '*') return true;
  return rule.startsWith('*.') ? name !== rule && name.endsWith(rule.slice(1)) : rule === name;
}
