/**
 * Addresses and names that no script reaches unless a rule lists them by address (NET-1, NET-2).
 * Sources: IANA's special-purpose registries (RFC 6890 and its successors) and the clouds' own documents.
 */
import { cidr, contains, type Address, type Cidr, within } from './address.ts';

export const SPECIAL_KINDS = [
  'metadata',
  'host',
  'loopback',
  'link-local',
  'private',
  'multicast',
  'translated',
  'reserved',
] as const;
export type SpecialKind = (typeof SPECIAL_KINDS)[number];

interface Range {
  readonly kind: SpecialKind;
  readonly range: Cidr;
}

const ranges = (kind: SpecialKind, ...texts: readonly string[]): Range[] =>
  texts.map((text) => ({ kind, range: cidr(text) }));

/** Where clouds tell a machine its keys, names and user data. */
const METADATA: readonly Range[] = ranges(
  'metadata',
  '169.254.169.254', // Amazon, Google, Azure, Oracle, DigitalOcean, Hetzner, OpenStack, IBM, Vultr, Linode
  '169.254.169.253', // Amazon: names
  '169.254.169.123', // Amazon: time
  '169.254.170.2', // Amazon: credentials of a container task
  '169.254.170.23', // Amazon: credentials of a pod
  '169.254.42.42', // Scaleway
  '169.254.0.23', // Tencent
  '169.254.10.10', // Tencent
  '100.100.100.200', // Alibaba
  '168.63.129.16', // Azure: platform channel
  '192.0.0.192', // Oracle, earlier
  'fd00:ec2::254', // Amazon
  'fd00:ec2::253',
  'fd00:ec2::123',
  'fd00:ec2::23',
  'fd20:ce::254', // Google
  'fd00:c1::a9fe:a9fe', // Oracle
  'fd00:42::42', // Scaleway
  'fe80::a9fe:a9fe', // OpenStack
);

/** The first that contains an address names its kind. */
const SPECIAL: readonly Range[] = [
  ...METADATA,
  ...ranges('loopback', '127.0.0.0/8', '::1'),
  ...ranges('link-local', '169.254.0.0/16', 'fe80::/10'),
  ...ranges('private', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7', 'fec0::/10'),
  ...ranges('multicast', '224.0.0.0/4', 'ff00::/8'),
  // Whatever IPv4 address they stand for: a translator on the way would reach it, this machine and metadata services too.
  ...ranges('translated', '64:ff9b::/96', '64:ff9b:1::/48', '2001::/32', '2002::/16', '::/96'),
  // 198.18.0.0/15 is for measurements between networks; the gateway itself uses it inside a sandbox.
  ...ranges('reserved', '0.0.0.0/8', '192.0.0.0/24', '198.18.0.0/15', '240.0.0.0/4', '100::/64'),
];

/** The special range that an address is in, or null. */
export function specialRange(address: Address): Range | null {
  return SPECIAL.find(({ range }) => contains(range, address)) ?? null;
}

export function specialKind(address: Address): SpecialKind | null {
  return specialRange(address)?.kind ?? null;
}

/**
 * True when a rule for `listed` was meant for this special range: it lies inside it. `0.0.0.0/0` lists no private address and
 * `169.254.0.0/16` no metadata address.
 */
export function lists(listed: Cidr, special: Cidr): boolean {
  return within(listed, special);
}

/** All special ranges of the kinds, narrowest meaning first: for packet filters. */
export function specialRanges(kinds: readonly SpecialKind[]): Cidr[] {
  return SPECIAL.filter(({ kind }) => kinds.includes(kind)).map(({ range }) => range);
}

const NAMES: Readonly<Record<'metadata' | 'host' | 'loopback', readonly string[]>> = {
  metadata: [
    'metadata',
    'metadata.google.internal',
    'metadata.goog',
    'instance-data',
    'instance-data.ec2.internal',
    'metadata.azure.internal',
    'metadata.azure.com',
    'metadata.tencentyun.com',
    'metadata.oraclecloud.com',
    'metadata.platformequinix.com',
    'metadata.packet.net',
    'rancher-metadata',
  ],
  host: [
    'host.docker.internal',
    'gateway.docker.internal',
    'kubernetes.docker.internal',
    'docker.for.mac.localhost',
    'docker.for.mac.host.internal',
    'host.containers.internal',
    'host.lima.internal',
    'host.rancher-desktop.internal',
    'host.orb.internal',
  ],
  loopback: ['localhost', 'ip6-localhost', 'ip6-loopback', 'localhost.localdomain'],
};

/** The kind of a name that stands for a special place by itself, or null. */
export function specialName(name: string): SpecialKind | null {
  if (NAMES.metadata.includes(name)) return 'metadata';
  if (NAMES.host.includes(name)) return 'host';
  return NAMES.loopback.includes(name) || name.endsWith('.localhost') ? 'loopback' : null;
}
