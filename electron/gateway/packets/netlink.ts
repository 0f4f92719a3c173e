/** Netfilter's netlink messages: what the packet queue and one rule of the filter need (NET-2). Pure. */

/** One attribute: its type and its content; a list nests. */
export type Attribute = readonly [type: number, content: Buffer | string | readonly Attribute[]];

const HEADER = 16;
const GENERIC = 4;
const NESTED = 0x8000;
export const FLAGS = { request: 1, acknowledge: 4, create: 0x400, append: 0x800 } as const;
/** Subsystems of nfnetlink.h. */
export const SUBSYSTEM = { conntrack: 1, queue: 3, log: 4, nftables: 10 } as const;
/** Its content is a negative error number, zero for an acknowledgement. */
export const ERROR = 2;

export function be32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

export function be16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function attribute([type, content]: Attribute): Buffer {
  const nested = typeof content !== 'string' && !Buffer.isBuffer(content);
  const body =
    typeof content === 'string'
      ? Buffer.from(`${content}\0`)
      : Buffer.isBuffer(content)
        ? content
        : Buffer.concat(content.map(attribute));
  const out = Buffer.alloc((GENERIC + body.length + 3) & ~3);
  out.writeUInt16LE(GENERIC + body.length, 0);
  out.writeUInt16LE(nested ? type | NESTED : type, 2);
  body.copy(out, GENERIC);
  return out;
}

export interface Message {
  /** Subsystem in the upper byte. */
  readonly type: number;
  readonly flags: number;
  readonly family: number;
  /** Queue number, or subsystem of a batch. */
  readonly resource: number;
  readonly attributes: readonly Attribute[];
  /** Comes back with the answer. */
  readonly sequence?: number;
}

export function encodeMessage({ type, flags, family, resource, attributes, sequence = 0 }: Message): Buffer {
  const body = Buffer.concat(attributes.map(attribute));
  const out = Buffer.alloc(HEADER + GENERIC + body.length);
  out.writeUInt32LE(out.length, 0);
  out.writeUInt16LE(type, 4);
  out.writeUInt16LE(flags, 6);
  out.writeUInt32LE(sequence >>> 0, 8);
  out.writeUInt8(family, HEADER);
  out.writeUInt16BE(resource, HEADER + 2);
  body.copy(out, HEADER + GENERIC);
  return out;
}

export interface Received {
  readonly type: number;
  readonly sequence: number;
  /** Everything behind the header. */
  readonly body: Buffer;
}

/** The messages of one read; throws RangeError for bytes that are none. */
export function decodeMessages(bytes: Buffer): Received[] {
  const messages: Received[] = [];
  for (let at = 0; at + HEADER <= bytes.length;) {
    const length = bytes.readUInt32LE(at);
    if (length < HEADER || at + length > bytes.length) throw new RangeError('a netlink message of wrong size');
    const body = bytes.subarray(at + HEADER, at + length);
    messages.push({ type: bytes.readUInt16LE(at + 4), sequence: bytes.readUInt32LE(at + 8), body });
    at += (length + 3) & ~3;
  }
  return messages;
}

/** Attributes behind the generic header, by type; the last of a kind counts. */
export function decodeAttributes(body: Buffer): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let at = GENERIC; at + GENERIC <= body.length;) {
    const length = body.readUInt16LE(at);
    if (length < GENERIC || at + length > body.length) break;
    found.set(body.readUInt16LE(at + 2) & 0x3fff, body.subarray(at + GENERIC, at + length));
    at += (length + 3) & ~3;
  }
  return found;
}
