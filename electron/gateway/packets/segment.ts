/** TCP segments over IPv4, read from a packet and written back changed. Pure. */

export interface Segment {
  readonly packet: Buffer;
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly syn: boolean;
  readonly ack: boolean;
  readonly fin: boolean;
  readonly rst: boolean;
  readonly urgent: boolean;
  readonly payload: Buffer;
}

const TCP = 6;
const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;
const URG = 32;
const OPTION = { end: 0, nothing: 1, multipath: 30 } as const;

/** Null for what is no whole TCP segment. */
export function readSegment(packet: Buffer): Segment | null {
  if (packet.length < 40 || packet[0]! >> 4 !== 4 || packet[9] !== TCP) return null;
  const ip = (packet[0]! & 15) * 4;
  const size = packet.readUInt16BE(2);
  if (ip < 20 || size !== packet.length || size < ip + 20) return null;
  // A fragment has no header of its own.
  if ((packet.readUInt16BE(6) & 0x3fff) !== 0) return null;
  const tcp = (packet[ip + 12]! >> 4) * 4;
  if (tcp < 20 || ip + tcp > packet.length) return null;
  const flags = packet[ip + 13]!;
  return {
    packet,
    source: packet.subarray(12, 16).join('.'),
    destination: packet.subarray(16, 20).join('.'),
    sourcePort: packet.readUInt16BE(ip),
    destinationPort: packet.readUInt16BE(ip + 2),
    sequence: packet.readUInt32BE(ip + 4),
    acknowledgement: packet.readUInt32BE(ip + 8),
    syn: (flags & SYN) !== 0,
    ack: (flags & ACK) !== 0,
    fin: (flags & FIN) !== 0,
    rst: (flags & RST) !== 0,
    urgent: (flags & URG) !== 0,
    payload: packet.subarray(ip + tcp),
  };
}

export interface Change {
  readonly sequence?: number;
  readonly acknowledgement?: number;
  readonly payload?: Buffer;
  /** Takes the flag of the connection's end away. */
  readonly withoutFin?: boolean;
}

function sum(bytes: Buffer, from: number, start: number): number {
  let total = start;
  let at = from;
  for (; at + 1 < bytes.length; at += 2) total += (bytes[at]! << 8) | bytes[at + 1]!;
  if (at < bytes.length) total += bytes[at]! << 8;
  return total;
}

function folded(total: number): number {
  let rest = total;
  while (rest > 0xffff) rest = (rest & 0xffff) + Math.floor(rest / 0x1_0000);
  return ~rest & 0xffff;
}

/** True when both checksums are right. */
export function soundChecksums(packet: Buffer): boolean {
  const ip = (packet[0]! & 15) * 4;
  return folded(sum(packet.subarray(0, ip), 0, 0)) === 0 && folded(sum(packet, ip, pseudo(packet, ip))) === 0;
}

function pseudo(packet: Buffer, ip: number): number {
  return sum(packet.subarray(12, 20), 0, TCP + packet.length - ip);
}

/** The whole packet again, with right checksums. */
export function writeSegment({ packet, payload: old }: Segment, change: Change): Buffer {
  const ip = (packet[0]! & 15) * 4;
  const payload = change.payload ?? old;
  const out = Buffer.concat([packet.subarray(0, packet.length - old.length), payload]);
  out.writeUInt16BE(out.length, 2);
  if (change.sequence !== undefined) out.writeUInt32BE(change.sequence >>> 0, ip + 4);
  if (change.acknowledgement !== undefined) out.writeUInt32BE(change.acknowledgement >>> 0, ip + 8);
  if (change.withoutFin) out[ip + 13] = out[ip + 13]! & ~FIN;
  out.writeUInt16BE(0, 10);
  out.writeUInt16BE(folded(sum(out.subarray(0, ip), 0, 0)), 10);
  out.writeUInt16BE(0, ip + 16);
  out.writeUInt16BE(folded(sum(out, ip, pseudo(out, ip))), ip + 16);
  return out;
}

/**
 * A call without its wish for Multipath TCP, whose bytes could come in another order than their segments say; null when it
 * has none. The host then answers as to any other call.
 */
export function withoutMultipath({ packet }: Segment): Buffer | null {
  const ip = (packet[0]! & 15) * 4;
  const end = ip + (packet[ip + 12]! >> 4) * 4;
  const out = Buffer.from(packet);
  let found = false;
  for (let at = ip + 20; at < end;) {
    const kind = packet[at]!;
    if (kind === OPTION.end) break;
    const size = kind === OPTION.nothing ? 1 : (packet[at + 1] ?? 0);
    if (size === 0 || at + size > end) break;
    if (kind === OPTION.multipath) {
      out.fill(OPTION.nothing, at, at + size);
      found = true;
    }
    at += size;
  }
  return found ? writeSegment(readSegment(out)!, {}) : null;
}

/** How far `a` is behind `b` in the circle of sequence numbers; negative when it is before it. */
export const distance = (a: number, b: number): number => (a - b) | 0;
