/** Reads a packet that the filter logged, as the kernel tells it. Pure. */
export interface LoggedPacket {
  readonly verdict: 'allowed' | 'denied' | 'crowded';
  readonly address: string;
  readonly port: number | null;
  /** The script's own port. */
  readonly from: number | null;
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'other';
}

/** Attribute types of nfnetlink_log.h. */
const PAYLOAD = 9;
const PREFIX = 10;
const VERDICTS = ['allowed', 'denied', 'crowded'] as const;
const PROTOCOLS: Readonly<Record<number, LoggedPacket['protocol']>> = { 6: 'tcp', 17: 'udp', 1: 'icmp', 58: 'icmp' };

/** In the form of RFC 5952, as every other program writes it: the longest run of zeros is left out. */
export function ipv6(bytes: Buffer): string {
  const text = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16)).join(':');
  const runs = text.match(/\b0(?::0)+\b/g) ?? [];
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
  return longest === '' ? text : text.replace(new RegExp(`:?\\b${longest}\\b:?`), '::');
}

/** Destination of an IP packet; null for what is none. */
export function destination(packet: Buffer): Omit<LoggedPacket, 'verdict'> | null {
  const version = (packet[0] ?? 0) >> 4;
  if (version === 4 && packet.length >= 20) {
    const protocol = PROTOCOLS[packet[9]!] ?? 'other';
    const header = (packet[0]! & 15) * 4;
    return { protocol, address: packet.subarray(16, 20).join('.'), ...portsAt(packet, header, protocol) };
  }
  if (version === 6 && packet.length >= 40) {
    const protocol = PROTOCOLS[packet[6]!] ?? 'other';
    return { protocol, address: ipv6(packet.subarray(24, 40)), ...portsAt(packet, 40, protocol) };
  }
  return null;
}

function portsAt(
  packet: Buffer,
  header: number,
  protocol: LoggedPacket['protocol'],
): { from: number | null; port: number | null } {
  const known = (protocol === 'tcp' || protocol === 'udp') && packet.length >= header + 4;
  return known
    ? { from: packet.readUInt16BE(header), port: packet.readUInt16BE(header + 2) }
    : { from: null, port: null };
}

/** One logged packet: a family byte, version, resource id, then attributes padded to four bytes. */
export function readLogged(bytes: Buffer): LoggedPacket | null {
  let prefix = '';
  let payload: Buffer | null = null;
  for (let at = 4; at + 4 <= bytes.length;) {
    const length = bytes.readUInt16LE(at);
    if (length < 4 || at + length > bytes.length) return null;
    const type = bytes.readUInt16LE(at + 2) & 0x7fff;
    const content = bytes.subarray(at + 4, at + length);
    if (type === PREFIX) prefix = content.toString('latin1').replace(/\0.*$/s, '');
    if (type === PAYLOAD) payload = content;
    at += (length + 3) & ~3;
  }
  const verdict = VERDICTS.find((word) => word === prefix);
  const to = payload === null ? null : destination(payload);
  return verdict && to ? { verdict, ...to } : null;
}
