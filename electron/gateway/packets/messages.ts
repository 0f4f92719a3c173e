/** The messages that the gateway sends to the kernel: the queue's, one rule, named targets, ends of connections. Pure. */
import { TABLE } from '../places.ts';
import { QUEUE } from './marks.ts';
import { be16, be32, encodeMessage, FLAGS, SUBSYSTEM, type Attribute } from './netlink.ts';

/** Of netfilter.h, nfnetlink_queue.h, nf_tables.h, nfnetlink_conntrack.h and inet_diag.h. */
const QUEUE_MESSAGE = { packet: 0, verdict: 1, config: 2 } as const;
const TABLES_MESSAGE = { rule: 6, element: 12, removeElement: 14 } as const;
const BATCH = { begin: 0x10, end: 0x11 } as const;
const DELETE_CONNECTION = 2;
const DESTROY_SOCKET = 21;
const [IPV4, INET] = [2, 1];
const TCP = 6;
const ACCEPT = 1;
const GSO = 4;
/** More than the largest packet. */
const WHOLE = 0xffff;

export const PACKET_TYPE = (SUBSYSTEM.queue << 8) | QUEUE_MESSAGE.packet;
/** Packets that may wait; more are dropped and come again. */
const WAITING_MAX = 4096;
/** The hook's table, beside the one that is replaced with every change. */
export const QUEUE_TABLE = `${TABLE}_queue`;

const messageOf = (subsystem: number, message: number): number => (subsystem << 8) | message;

function host32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

const ipv4 = (text: string): Buffer => Buffer.from(text.split('.').map(Number));

const QUEUE_STEPS = {
  bind: [[1, Buffer.from([1, 0, 0, IPV4])]],
  copy: [[2, Buffer.concat([be32(WHOLE), Buffer.from([2])])]],
  options: [
    [3, be32(WAITING_MAX)],
    [4, be32(GSO)],
    [5, be32(GSO)],
  ],
} as const satisfies Record<string, readonly Attribute[]>;

/** Makes a socket the queue's only reader, one step after another; each is acknowledged. */
export function openQueue(step: keyof typeof QUEUE_STEPS, sequence: number): Buffer {
  const type = messageOf(SUBSYSTEM.queue, QUEUE_MESSAGE.config);
  const flags = FLAGS.request | FLAGS.acknowledge;
  return encodeMessage({ type, flags, family: 0, resource: QUEUE, attributes: QUEUE_STEPS[step], sequence });
}

/** Accepts the packet, changed when one is given, or drops it. */
export function verdict(id: number, answer: { readonly mark: number; readonly packet: Buffer | null } | null): Buffer {
  const attributes: Attribute[] = [[2, Buffer.concat([be32(answer === null ? 0 : ACCEPT), be32(id)])]];
  if (answer !== null) {
    attributes.push([3, be32(answer.mark)]);
    if (answer.packet !== null) attributes.push([10, answer.packet]);
  }
  const type = messageOf(SUBSYSTEM.queue, QUEUE_MESSAGE.verdict);
  return encodeMessage({ type, flags: FLAGS.request, family: 0, resource: QUEUE, attributes });
}

interface Change {
  readonly message: number;
  readonly flags: number;
  readonly family: number;
  readonly attributes: readonly Attribute[];
}

/** One transaction; the last change is acknowledged. */
function batch(changes: readonly Change[], sequence: number): Buffer {
  const edge = (type: number): Buffer =>
    encodeMessage({ type, flags: FLAGS.request, family: 0, resource: SUBSYSTEM.nftables, attributes: [] });
  const inner = changes.map(({ message, flags, family, attributes }, i) => {
    const acknowledge = i === changes.length - 1 ? FLAGS.acknowledge : 0;
    return encodeMessage({
      type: messageOf(SUBSYSTEM.nftables, message),
      flags: FLAGS.request | acknowledge | flags,
      family,
      resource: 0,
      attributes,
      sequence,
    });
  });
  return Buffer.concat([edge(BATCH.begin), ...inner, edge(BATCH.end)]);
}

const expression = (name: string, data: readonly Attribute[]): Attribute => [
  1,
  [
    [1, name],
    [2, data],
  ],
];

/**
 * The rule that hands packets with this mark to the queue. Kernels have one of two forms, sometimes both: nftables' own, and the
 * target of iptables. Neither lets a packet pass when nobody reads.
 */
export function queueRule(form: 'queue' | 'target', chain: string, mark: number, sequence: number): Buffer {
  const info = Buffer.alloc(8);
  info.writeUInt16LE(QUEUE, 0);
  info.writeUInt16LE(1, 2);
  const hand =
    form === 'queue'
      ? expression('queue', [
          [1, be16(QUEUE)],
          [2, be16(1)],
          [3, be16(0)],
        ])
      : expression('target', [
          [1, 'NFQUEUE'],
          [2, be32(3)],
          [3, info],
        ]);
  const attributes: Attribute[] = [
    [1, QUEUE_TABLE],
    [2, chain],
    [
      4,
      [
        expression('meta', [
          [1, be32(1)],
          [2, be32(3)],
        ]),
        expression('cmp', [
          [1, be32(1)],
          [2, be32(0)],
          [3, [[1, host32(mark)]]],
        ]),
        hand,
      ],
    ],
  ];
  return batch(
    [{ message: TABLES_MESSAGE.rule, flags: FLAGS.create | FLAGS.append, family: IPV4, attributes }],
    sequence,
  );
}

/** Where calls of a named host go: its stand-in's address, the port, the real address. */
export interface Target {
  readonly address: string;
  readonly port: number;
  readonly to: string;
}

/** The map in the filter that holds them. */
export const TARGETS = 'targets';

/** Adds a target, in place of one that is there already. */
export function setTarget({ address, port, to }: Target, known: boolean, sequence: number): Buffer {
  const key: Attribute = [1, [[1, Buffer.concat([ipv4(address), be16(port), Buffer.alloc(2)])]]];
  const element = (...parts: readonly Attribute[]): readonly Attribute[] => [
    [1, TABLE],
    [2, TARGETS],
    [3, [[1, parts]]],
  ];
  const add = { message: TABLES_MESSAGE.element, flags: FLAGS.create, family: INET };
  const remove = { message: TABLES_MESSAGE.removeElement, flags: 0, family: INET };
  return batch(
    [
      ...(known ? [{ ...remove, attributes: element(key) }] : []),
      { ...add, attributes: element(key, [2, [[1, ipv4(to)]]]) },
    ],
    sequence,
  );
}

/** The set in the filter that holds bodies of requests. */
export const BODIES = 'bodies';

/** Sequence numbers at which a segment may begin, the last one too; never round the end of the numbers. */
export interface BodyRange {
  readonly from: number;
  readonly to: number;
}

/** Lets segments of a connection that begin in the range pass without a look, or no longer. */
export function setBody(change: 'add' | 'remove', ends: Ends, { from, to }: BodyRange, sequence: number): Buffer {
  const place = [ipv4(ends.address), be16(ends.from), Buffer.alloc(2), be16(ends.port), Buffer.alloc(2)];
  const key = (at: number): readonly Attribute[] => [[1, Buffer.concat([...place, be32(at)])]];
  const element: readonly Attribute[] = [
    [1, key(from)],
    [10, key(to)],
  ];
  const [message, flags] =
    change === 'add' ? [TABLES_MESSAGE.element, FLAGS.create] : [TABLES_MESSAGE.removeElement, 0];
  const attributes: readonly Attribute[] = [
    [1, TABLE],
    [2, BODIES],
    [3, [[1, element]]],
  ];
  return batch([{ message, flags, family: INET, attributes }], sequence);
}

export interface Ends {
  readonly source: string;
  readonly from: number;
  readonly address: string;
  readonly port: number;
}

/** Makes the kernel forget a TCP connection. */
export function forgetConnection({ source, from, address, port }: Ends): Buffer {
  const tuple: Attribute[] = [
    [
      1,
      [
        [1, ipv4(source)],
        [2, ipv4(address)],
      ],
    ],
    [
      2,
      [
        [1, Buffer.from([TCP])],
        [2, be16(from)],
        [3, be16(port)],
      ],
    ],
  ];
  const type = messageOf(SUBSYSTEM.conntrack, DELETE_CONNECTION);
  return encodeMessage({ type, flags: FLAGS.request, family: IPV4, resource: 0, attributes: [[1, tuple]] });
}

/** Aborts the script's socket, which tells the host too; for a socket of NETLINK_SOCK_DIAG. */
export function destroySocket({ source, from, address, port }: Ends): Buffer {
  const out = Buffer.alloc(16 + 56);
  out.writeUInt32LE(out.length, 0);
  out.writeUInt16LE(DESTROY_SOCKET, 4);
  out.writeUInt16LE(FLAGS.request, 6);
  out.writeUInt8(IPV4, 16);
  out.writeUInt8(TCP, 17);
  out.writeUInt32LE(0xffff_ffff, 20);
  out.writeUInt16BE(from, 24);
  out.writeUInt16BE(port, 26);
  ipv4(source).copy(out, 28);
  ipv4(address).copy(out, 44);
  // No cookie: whichever socket it is.
  out.writeUInt32LE(0xffff_ffff, 64);
  out.writeUInt32LE(0xffff_ffff, 68);
  return out;
}
