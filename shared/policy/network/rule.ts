/** One rule of `network.allow` or `network.block`, read and written (POL-4, NET-2). */
import { invalid } from '../kinds.ts';
import { formatCidr, parseAddress, parseCidr, type Cidr } from './address.ts';
import { normalName } from './name.ts';

export const PROTOCOLS = ['tcp', 'udp'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

export interface PortRange {
  readonly from: number;
  readonly to: number;
}

export type Target =
  | { readonly kind: 'name'; readonly name: string }
  /** Every name that ends in `.suffix`, but not the suffix itself. */
  | { readonly kind: 'wild'; readonly suffix: string }
  | { readonly kind: 'addresses'; readonly range: Cidr };

export interface NetworkRule {
  /** The rule as it is written in its plainest form; two rules that mean the same have the same text. */
  readonly text: string;
  readonly target: Target;
  /** Sorted, none touching another. */
  readonly ports: readonly PortRange[];
  readonly protocol: Protocol;
  /** Written without ports: as an allowed host 443 and 80, as a blocked one everything. */
  readonly bare: boolean;
}

/** What a rule without ports means. */
const BARE: readonly PortRange[] = [
  { from: 80, to: 80 },
  { from: 443, to: 443 },
];
const EVERY: readonly PortRange[] = [{ from: 1, to: 65_535 }];
const RULE_MAX = 1100;
const PORTS_MAX = 64;

const shown = (text: string): string => `\`${text.length > 60 ? `${text.slice(0, 60)}…` : text}\``;

function parsePorts(text: string, rule: string): PortRange[] {
  if (text === '*') return [...EVERY];
  const parts = text.split(',');
  if (parts.length > PORTS_MAX)
    throw invalid(
      `${shown(rule)} lists too many ports.`,
      `It has ${parts.length} of at most ${PORTS_MAX}.`,
      'Write a range such as `8000-8010`.',
    );
  const all = parts.map((part): PortRange => {
    const [, first, last = first] = /^\s*(\d{1,6})(?:-(\d{1,6}))?\s*$/.exec(part) ?? [];
    const range = { from: Number(first), to: Number(last) };
    if (first === undefined)
      throw invalid(
        `${shown(part)} in ${shown(rule)} is no port.`,
        'A port is a number from 1 to 65535.',
        'Write ports like `443`, `443,8443` or `8000-8010`.',
      );
    for (const port of [range.from, range.to]) {
      if (port < 1 || port > 65_535)
        throw invalid(
          `Port ${port} in ${shown(rule)} does not exist.`,
          'Ports go from 1 to 65535.',
          port < 1 ? 'Leave the port out for 443 and 80, or write `:*` for every port.' : 'Write a port up to 65535.',
        );
    }
    if (range.from > range.to)
      throw invalid(
        `The port range ${shown(part)} is upside down.`,
        'The smaller port comes first.',
        `Write \`${range.to}-${range.from}\`.`,
      );
    return range;
  });
  return merged(all);
}

function merged(ranges: readonly PortRange[]): PortRange[] {
  const out: PortRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = out.at(-1);
    if (last && range.from <= last.to + 1) out[out.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
    else out.push(range);
  }
  return out;
}

/** Host, ports and protocol as written; the host may hold a `/BITS`. */
function pieces(text: string): {
  host: string;
  bracketed: boolean;
  ports: string | undefined;
  protocol: string | undefined;
} {
  const [, body = '', protocol] = /^(.*?)(?:\/([a-z]+))?$/is.exec(text) ?? [];
  const bracket = /^\[([^\]]*)\](?::(.*))?$/s.exec(body);
  if (bracket) return { host: bracket[1]!, bracketed: true, ports: bracket[2], protocol };
  const [, host = '', ports] = /^([^:]*)(?::(.*))?$/s.exec(body) ?? [];
  return { host, bracketed: false, ports, protocol };
}

function parseTarget(host: string, bracketed: boolean, text: string): Target {
  const range = parseCidr(host);
  if (range !== null) return { kind: 'addresses', range };
  if (bracketed)
    throw invalid(
      `${shown(host)} is no IPv6 address.`,
      'Brackets hold an IPv6 address or range.',
      'Write it like `[2001:db8::/32]:443`.',
    );
  if (host.includes('/') || /^[\d.]+$/.test(host))
    throw invalid(
      `${shown(host)} is no address range.`,
      'An address has four numbers up to 255, a prefix at most 32.',
      'Write it like `192.0.2.0/24:8080`.',
    );
  if (host === '*')
    throw invalid(
      `${shown(text)} would list every name.`,
      'A wildcard stands before a domain.',
      'Write it like `*.example.org`, or use the mode `full`.',
    );
  const wild = host.startsWith('*.');
  const name = normalName(wild ? host.slice(2) : host);
  if (name === null || host.slice(1).includes('*'))
    throw invalid(
      `${shown(host)} is no name of a host.`,
      host.includes('*')
        ? 'A wildcard stands alone at the front: `*.example.org`.'
        : 'A name has letters, digits and hyphens between dots, 253 characters at most.',
      'Write it like `api.example.org:443`.',
    );
  return wild ? { kind: 'wild', suffix: name } : { kind: 'name', name };
}

/**
 * Reads `HOST[:PORTS][/tcp|/udp]`: a name, `*.name`, an IPv4 address or range, or an IPv6 one in brackets; ports are numbers,
 * ranges or `*`. Without ports 443 and 80, without a protocol TCP. Throws AppError `policy-invalid` with the fix.
 */
export function parseRule(given: string): NetworkRule {
  const text = given.trim();
  if (text === '' || text.length > RULE_MAX)
    throw invalid(
      text === '' ? 'A network rule is empty.' : 'A network rule is too long.',
      'A rule is a host with ports.',
      'Write it like `api.example.org:443`.',
    );
  const link = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)/i.exec(text);
  if (link)
    throw invalid(
      `${shown(text)} is a link.`,
      'Rules list hosts and ports, not links.',
      `Write \`${link[2] || 'api.example.org'}\`.`,
    );
  const bare = parseAddress(text.replace(/\/\d+$/, ''));
  if (bare?.kind() === 'ipv6' || ((text.match(/:/g)?.length ?? 0) > 1 && !text.startsWith('[')))
    throw invalid(
      `${shown(text)} needs brackets.`,
      'Without them the end of an IPv6 address reads like a port.',
      `Write \`[${text.slice(0, 60)}]:443\`.`,
    );
  const { host, bracketed, ports: portText, protocol: protocolText } = pieces(text);
  const protocol = (protocolText ?? 'tcp').toLowerCase();
  if (protocol !== 'tcp' && protocol !== 'udp')
    throw invalid(
      `${shown(protocol)} in ${shown(text)} is not known here.`,
      'Rules are for TCP or UDP.',
      'Write `/tcp` or `/udp`.',
    );
  if (portText === undefined && protocol === 'udp')
    throw invalid(
      `${shown(text)} needs a port.`,
      'Without ports a rule means 443 and 80 over TCP.',
      `Write \`${host.slice(0, 60)}:53/udp\`, for one.`,
    );
  const target = parseTarget(host, bracketed, text);
  const ports = portText === undefined ? BARE : parsePorts(portText, text);
  const rule = { target, ports, protocol, bare: portText === undefined } as const;
  return { ...rule, text: formatRule(rule) };
}

export function formatPorts(ports: readonly PortRange[]): string {
  if (ports.length === 1 && ports[0]!.from === 1 && ports[0]!.to === 65_535) return '*';
  return ports.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(',');
}

export function formatTarget(target: Target): string {
  switch (target.kind) {
    case 'name':
      return target.name;
    case 'wild':
      return `*.${target.suffix}`;
    case 'addresses': {
      const text = formatCidr(target.range);
      return target.range.address.kind() === 'ipv6' ? `[${text}]` : text;
    }
  }
}

/** The plainest form: lower case, ports in order, `/udp` only where it is UDP. */
export function formatRule({ target, ports, protocol, bare }: Omit<NetworkRule, 'text'>): string {
  return `${formatTarget(target)}${bare ? '' : `:${formatPorts(ports)}`}${protocol === 'udp' ? '/udp' : ''}`;
}

export function coversPort(rule: NetworkRule, port: number, protocol: Protocol): boolean {
  return rule.protocol === protocol && rule.ports.some(({ from, to }) => from <= port && port <= to);
}

/** Like {@link coversPort} for a blocked host: without ports it means all of them. */
export function blocksPort(rule: NetworkRule, port: number, protocol: Protocol): boolean {
  return rule.bare || coversPort(rule, port, protocol);
}
