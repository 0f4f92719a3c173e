/** The packet filter of a gateway as nftables text, replaced as a whole in one transaction (NET-2). Pure. */
import type { GatewayConfig, PacketRule, Ports } from '../../shared/domain/gateway.ts';
import { bodiesText, kernelChains } from './packets/chains.ts';
import { COUNTED_CALL, hex, SEEN } from './packets/marks.ts';
import { TARGETS, type Target } from './packets/messages.ts';
import {
  AGENT_UID,
  DNS_ADDRESS,
  ENGINE_RESOLVER,
  LOG_GROUP,
  NAMES_RANGE,
  RELAY_PORT,
  SNAPLEN,
  TABLE,
} from './places.ts';

/** Addresses that lookups brought in; `seconds` until they are forgotten. */
export interface Pin {
  readonly set: string;
  readonly address: string;
  readonly seconds: number;
}

/** The agent's own way out: hosts of names that it relays. */
export const PINNED = 'pinned';
export const namedSet = (id: number): string => `named${id}`;

const IPV4 = /^(\d{1,3}\.){3}\d{1,3}(\/\d{1,2})?$/;
const IPV6 = /^[0-9a-f:]{2,39}(\/\d{1,3})?$/;

/** Nothing but addresses and numbers gets into the text, whatever a message held. */
function address(text: string): string {
  if (!IPV4.test(text) && !(text.includes(':') && IPV6.test(text))) throw new TypeError('not an address');
  return text;
}

/** A set holds one family: that of IPv6 has a name of its own. */
const FAMILIES = [
  { of: 'ip', type: 'ipv4_addr', mark: '', has: (text: string) => !text.includes(':') },
  { of: 'ip6', type: 'ipv6_addr', mark: 'v6', has: (text: string) => text.includes(':') },
] as const;
const setFor = (set: string, text: string): string => `${set}${text.includes(':') ? 'v6' : ''}`;

function port(value: number): number {
  if (!Number.isInteger(value) || value < 0 || value > 65_535) throw new TypeError('not a port');
  return value;
}

const portSet = (ports: readonly Ports[]): string =>
  `{ ${ports.map(({ from, to }) => (from === to ? port(from) : `${port(from)}-${port(to)}`)).join(', ')} }`;

function ports({ ports, protocol }: Pick<PacketRule, 'ports' | 'protocol'>): string {
  if (protocol === null) return '';
  const name = protocol === 'tcp' ? 'tcp' : 'udp';
  return ports === null ? `meta l4proto ${name} ` : `${name} dport ${portSet(ports)} `;
}

function addressSets(name: string, ranges: readonly string[]): string[] {
  return FAMILIES.flatMap(({ type, mark, has }) => {
    const own = ranges.filter(has).map(address);
    if (own.length === 0) return [];
    return [`  set ${name}${mark} { type ${type}; flags interval; auto-merge; elements = { ${own.join(', ')} } }`];
  });
}

const emptySets = (name: string): string[] =>
  FAMILIES.map(({ type, mark }) => `  set ${name}${mark} { type ${type}; flags timeout; }`);

/** One line for each family that the ranges have. */
const to = (set: string, ranges: readonly string[], rest: string): string[] =>
  FAMILIES.filter(({ has }) => ranges.some(has)).map(({ of, mark }) => `    ${of} daddr @${set}${mark} ${rest}`);

/** Asking for and telling the address of a neighbour; never for a router, whose way is set already. */
const NEIGHBOURS = 'icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit 255';

const log = (name: (typeof COUNTED)[number]): string =>
  `counter name "${name}" log prefix "${name}" group ${LOG_GROUP} snaplen ${SNAPLEN} queue-threshold 1`;

/** Adding a pin that is there already would leave its old time, so it is taken out first. */
export function pinText(pins: readonly Pin[]): string {
  return pins
    .map(({ set, address: at, seconds }) => {
      if (!/^(pinned|named\d+)$/.test(set)) throw new TypeError('not a set');
      const element = `inet ${TABLE} ${setFor(set, at)} { ${address(at)}`;
      return `add element ${element} }\ndelete element ${element} }\nadd element ${element} timeout ${Math.ceil(seconds)}s }`;
    })
    .join('\n');
}

/** What the filter counts itself; its log may lose entries in a flood, its counters never do. */
export const COUNTED = ['allowed', 'denied', 'crowded'] as const;
export type Counts = Readonly<Record<(typeof COUNTED)[number], number>>;
export const NO_COUNTS: Counts = { allowed: 0, denied: 0, crowded: 0 };

/** From the output of `nft list counters`; what is not in it counts nothing. */
export function readCounts(text: string): Counts {
  const of = (name: string): number => Number(new RegExp(`counter ${name} \\{\\s*packets (\\d+)`).exec(text)?.[1] ?? 0);
  return { allowed: of('allowed'), denied: of('denied'), crowded: of('crowded') };
}

/** How connections to named hosts are carried: by the kernel, after a look at what they say, or by the agent itself. */
export type Carrier = 'kernel' | 'relay';

/** What the table holds besides the rules. */
export interface Holding {
  readonly carrier: Carrier;
  readonly pins: readonly Pin[];
  /** Where calls of named hosts go; for the kernel only. */
  readonly targets: readonly Target[];
  readonly counts: Counts;
}
export const NOTHING_HELD: Holding = { carrier: 'relay', pins: [], targets: [], counts: NO_COUNTS };

function relayChains(relayed: readonly number[]): string[] {
  if (relayed.length === 0) return [];
  return [
    '  chain called {',
    '    type filter hook output priority -140; policy accept;',
    `    ip daddr ${NAMES_RANGE} tcp dport { ${relayed.map(port).join(', ')} } ct state new jump cap`,
    '  }',
  ];
}

/** Their addresses are translated to the real ones, or to the agent's own ports. */
function namedRules(config: GatewayConfig, carrier: Carrier): string[] {
  if (carrier === 'kernel') return [`    dnat ip to ip daddr . tcp dport map @${TARGETS}`];
  return config.relayed.map(
    (relayed, i) => `    ip daddr ${NAMES_RANGE} tcp dport ${port(relayed)} dnat to :${RELAY_PORT + i}`,
  );
}

function targetText(targets: readonly Target[]): string {
  const elements = targets.map((to) => `${address(to.address)} . ${port(to.port)} : ${address(to.to)}`);
  return elements.length > 0 ? `add element inet ${TABLE} ${TARGETS} { ${elements.join(', ')} }` : '';
}

/** The whole table. Everything that is not accepted by name is refused at once, never dropped in silence. */
export function filterText(config: GatewayConfig, holding: Holding = NOTHING_HELD): string {
  const { carrier, pins, targets, counts } = holding;
  const kernel = carrier === 'kernel';
  const groups = (prefix: string, rules: readonly PacketRule[]) =>
    rules.filter((rule) => rule.ranges.length > 0).map((rule, i) => ({ rule, set: `${prefix}${i}` }));
  const blocked = groups('blocked', config.blocked);
  const exempt = groups('exempt', config.exempt);
  const open = groups('open', config.open);
  const last = RELAY_PORT + Math.max(1, config.relayed.length) - 1;
  // One rule for all connections, or each kind would have a count of its own.
  const cap =
    config.connections === null
      ? []
      : [`    ct state new ct count over ${Math.max(1, Math.floor(config.connections))} goto crowded`];
  return [
    `add table inet ${TABLE}`,
    `delete table inet ${TABLE}`,
    `table inet ${TABLE} {`,
    ...COUNTED.map((name) => `  counter ${name} { packets ${Math.floor(counts[name])} bytes 0 }`),
    ...[...blocked, ...exempt, ...open].flatMap(({ rule, set }) => addressSets(set, rule.ranges)),
    ...addressSets('refused', config.refused),
    `  set ${PINNED} { type ipv4_addr; flags timeout; }`,
    ...config.named.flatMap(({ id }) => emptySets(namedSet(id))),
    ...(kernel ? [`  map ${TARGETS} { type ipv4_addr . inet_service : ipv4_addr; }`, bodiesText()] : []),
    '  chain names {',
    '    type nat hook output priority -110; policy accept;',
    `    meta skuid ${AGENT_UID} accept`,
    `    ip daddr ${ENGINE_RESOLVER} udp dport 53 dnat ip to ${DNS_ADDRESS}:53`,
    `    ip daddr ${ENGINE_RESOLVER} tcp dport 53 dnat ip to ${DNS_ADDRESS}:53`,
    ...namedRules(config, carrier),
    '  }',
    '  chain refuse {',
    `    ${log('denied')}`,
    '    meta l4proto tcp reject with tcp reset',
    '    reject with icmpx type admin-prohibited',
    '  }',
    '  chain crowded {',
    `    ${log('crowded')}`,
    '    meta l4proto tcp reject with tcp reset',
    '    reject with icmpx type admin-prohibited',
    '  }',
    '  chain cap {',
    ...cap,
    '  }',
    '  chain grant {',
    '    jump cap',
    // A call that comes again is one call.
    `    ct state new meta l4proto tcp ct mark ${hex(COUNTED_CALL)} accept`,
    `    ct state { new, established } ${log('allowed')}`,
    `    ct mark set ${hex(COUNTED_CALL)}`,
    '    accept',
    '  }',
    ...(kernel ? kernelChains() : relayChains(config.relayed)),
    '  chain known {',
    // The kernel may take a new call for a part of an earlier connection that the far end has reset.
    '    tcp flags & (syn | ack) == syn return',
    '    accept',
    '  }',
    '  chain out {',
    '    type filter hook output priority 0; policy drop;',
    '    ct state established,related jump known',
    `    meta skuid ${AGENT_UID} ip daddr @${PINNED} meta l4proto tcp accept`,
    `    meta skuid ${AGENT_UID} reject with icmpx type admin-prohibited`,
    kernel
      ? `    meta mark ${hex(SEEN.called)} ct status dnat accept`
      : `    oif lo ip daddr ${NAMES_RANGE} ct status dnat accept`,
    `    ip daddr ${NAMES_RANGE} goto refuse`,
    `    oif lo ip daddr ${DNS_ADDRESS} meta l4proto { tcp, udp } th dport 53 accept`,
    `    oif lo ip daddr ${ENGINE_RESOLVER} goto refuse`,
    `    oif lo tcp dport ${RELAY_PORT}-${last} goto refuse`,
    '    oif lo accept',
    // The kernel's own looking around for neighbours is no attempt of the script, which has no raw sockets.
    ...(config.ipv6 ? [`    ${NEIGHBOURS} accept`] : []),
    '    meta l4proto 58 icmpv6 type != echo-request drop',
    ...(config.ipv6 ? [] : ['    meta nfproto ipv6 goto refuse']),
    ...blocked.flatMap(({ rule, set }) => to(set, rule.ranges, `${ports(rule)}goto refuse`)),
    ...exempt.flatMap(({ rule, set }) => to(set, rule.ranges, `${ports(rule)}goto grant`)),
    ...to('refused', config.refused, 'goto refuse'),
    ...open.flatMap(({ rule, set }) => to(set, rule.ranges, `${ports(rule)}goto grant`)),
    ...config.named.flatMap((entry) => to(namedSet(entry.id), ['0.0.0.0', '::'], `${ports(entry)}goto grant`)),
    config.mode === 'full' ? '    meta l4proto { tcp, udp, icmp, 58 } goto grant' : '    goto refuse',
    '    goto refuse',
    '  }',
    '  chain in {',
    '    type filter hook input priority 0; policy drop;',
    '    iif lo accept',
    '    ct state established,related accept',
    ...(config.ipv6 ? [`    ${NEIGHBOURS} accept`] : []),
    ...config.published.map(
      ({ port: number, protocol }) => `    ${protocol === 'udp' ? 'udp' : 'tcp'} dport ${port(number)} accept`,
    ),
    '  }',
    '  chain through {',
    '    type filter hook forward priority 0; policy drop;',
    '  }',
    '}',
    pinText(pins),
    kernel ? targetText(targets) : '',
    '',
  ].join('\n');
}
