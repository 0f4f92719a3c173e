/** Answers the script's lookups with what core says; nothing else leaves by way of a name (NET-2). */
import { createSocket } from 'node:dgram';
import { createServer, type Socket } from 'node:net';
import { decode, encode, streamEncode, AUTHORITATIVE_ANSWER, RECURSION_AVAILABLE, type Packet } from 'dns-packet';
import type { CoreLink } from './core-link.ts';
import type { Names } from './names.ts';
import { DNS_ADDRESS } from './places.ts';

/** Codes of RFC 1035 as they stand in the header's last four bits. */
const CODE = { none: 0, format: 1, failed: 2, unknown: 3, notImplemented: 4 } as const;
/** Answers beyond this go over TCP. */
const UDP_MAX = 1232;
const ADDRESSES_MAX = 32;
const TCP_MAX = 64;
const TCP_IDLE_MS = 5000;
/** Lookups that core is asked about at once; a flood beyond it fails at once. */
const ASKED_MAX = 256;
const RECURSION_DESIRED = 0x100;

export interface DnsDeps {
  /** One more lookup was refused without asking core. */
  readonly unasked: () => void;
  readonly core: Pick<CoreLink, 'lookup'>;
  readonly names: Names;
  /** Opens the filter for these addresses before the script hears of them. */
  readonly pin: (named: readonly number[], addresses: readonly string[], seconds: number) => Promise<void>;
}

let asked = 0;

type Reply = { readonly code: number; readonly answers: readonly { readonly address: string; readonly ttl: number }[] };
const nothing = (code: number): Reply => ({ code, answers: [] });

async function resolve({ core, names, pin, unasked }: DnsDeps, name: string, kind: string): Promise<Reply> {
  if (asked >= ASKED_MAX) {
    unasked();
    return nothing(CODE.failed);
  }
  asked++;
  const answer = await core.lookup(name, kind).finally(() => asked--);
  if (answer === null || answer.code === 'failed') return nothing(CODE.failed);
  if (answer.code === 'refused') return nothing(CODE.unknown);
  // Other records of an allowed name exist, but are not told: only addresses lead anywhere.
  if (answer.code === 'empty' || (kind !== 'A' && kind !== 'AAAA')) return nothing(CODE.none);
  if (answer.relay) {
    if (kind !== 'A') return nothing(CODE.none);
    const address = names.addressFor(name.toLowerCase().replace(/\.$/, ''));
    return address === null ? nothing(CODE.failed) : { code: CODE.none, answers: [{ address, ttl: answer.ttl }] };
  }
  const addresses = answer.addresses.slice(0, ADDRESSES_MAX);
  for (const address of addresses) names.saw(name, address);
  await pin(answer.named, addresses, answer.ttl);
  return { code: CODE.none, answers: addresses.map((address) => ({ address, ttl: answer.ttl })) };
}

/** The answer to one message; null for what deserves none. */
export async function answerTo(deps: DnsDeps, message: Buffer): Promise<Packet | null> {
  let query: Packet;
  try {
    query = decode(message);
  } catch {
    return null;
  }
  if (query.type !== 'query') return null;
  const [question] = query.questions ?? [];
  const respond = (code: number, answers: Reply['answers'] = []): Packet => ({
    type: 'response',
    id: query.id ?? 0,
    flags:
      RECURSION_AVAILABLE |
      ((query.flags ?? 0) & RECURSION_DESIRED) |
      (code === CODE.none ? 0 : AUTHORITATIVE_ANSWER) |
      code,
    questions: question ? [question] : [],
    answers: answers.map(({ address, ttl }) => ({
      type: address.includes(':') ? 'AAAA' : 'A',
      class: 'IN',
      name: question!.name,
      ttl,
      data: address,
    })),
  });
  if ((query as { opcode?: string }).opcode !== 'QUERY') return respond(CODE.notImplemented);
  if (!question || query.questions?.length !== 1) return respond(CODE.format);
  const reply =
    (question.class ?? 'IN') === 'IN' ? await resolve(deps, question.name, question.type) : nothing(CODE.unknown);
  return respond(reply.code, reply.answers);
}

function cut(packet: Packet): Packet {
  return { ...packet, flags: (packet.flags ?? 0) | 0x200, answers: [] };
}

function serveStream(deps: DnsDeps, socket: Socket): void {
  let rest = Buffer.alloc(0);
  socket.setTimeout(TCP_IDLE_MS, () => socket.destroy());
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
      const message = rest.subarray(2, 2 + rest.readUInt16BE(0));
      rest = rest.subarray(2 + message.length);
      void answerTo(deps, message).then((packet) => {
        if (packet && socket.writable) socket.write(streamEncode(packet));
        else socket.destroy();
      });
    }
  });
}

/** Listens on UDP and TCP; resolves when both do. */
export async function serveDns(deps: DnsDeps): Promise<void> {
  const udp = createSocket('udp4');
  udp.on('message', (message, from) => {
    void answerTo(deps, message).then((packet) => {
      if (!packet) return;
      const whole = encode(packet);
      udp.send(whole.length > UDP_MAX ? encode(cut(packet)) : whole, from.port, from.address, () => {});
    });
  });
  udp.on('error', () => {});
  const tcp = createServer((socket) => serveStream(deps, socket));
  tcp.maxConnections = TCP_MAX;
  await new Promise<void>((ready) => udp.bind(53, DNS_ADDRESS, ready));
  await new Promise<void>((ready, failed) => tcp.once('error', failed).listen(53, DNS_ADDRESS, ready));
}
