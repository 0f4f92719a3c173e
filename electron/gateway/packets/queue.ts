/** The packet queue: hands over what the filter marked, and takes back what becomes of it (NET-2). */
import type { Answer, Answerable, Queued } from './inspector.ts';
import { LOOK, LOOK_STALE } from './marks.ts';
import {
  destroySocket,
  forgetConnection,
  openQueue,
  PACKET_TYPE,
  queueRule,
  setBody,
  setTarget,
  verdict,
  type BodyRange,
  type Ends,
  type Target,
} from './messages.ts';
import { decodeAttributes, ERROR, type Received } from './netlink.ts';
import { KernelSocket, type Inherited } from './socket.ts';

/** Attributes of nfnetlink_queue.h. */
const [HEADER, MARK, PAYLOAD, CUT, INFO] = [1, 3, 10, 13, 14];
const IS_LARGE = 2;
/** ENOENT: the filter was replaced meanwhile. */
const NOT_THERE = -2;
/** Hook of packets that the sandbox sends. */
const OUTPUT = 3;

export class PacketQueue {
  readonly #socket: KernelSocket;
  readonly #ends: KernelSocket;
  readonly #waiting = new Map<number, (error: number) => void>();
  #look: (packet: Queued) => Answerable<Answer> = () => null;

  constructor({ queue, ends }: Inherited) {
    this.#socket = new KernelSocket(queue);
    this.#ends = new KernelSocket(ends);
  }

  /**
   * Takes hold of the queue and hands over what the chains of these names mark. Throws when the kernel cannot; then
   * nothing was begun. The chains must be there.
   */
  begin(chains: readonly string[], look: (packet: Queued) => Answerable<Answer>): void {
    this.#look = look;
    const socket = this.#socket;
    for (const step of ['bind', 'copy', 'options'] as const) socket.ask((sequence) => openQueue(step, sequence));
    for (const chain of chains)
      for (const mark of [LOOK, LOOK_STALE]) {
        try {
          socket.ask((sequence) => queueRule('queue', chain, mark, sequence));
        } catch {
          socket.ask((sequence) => queueRule('target', chain, mark, sequence));
        }
      }
    socket.listen((message) => this.#take(message), openQueue('copy', 0));
  }

  /** Resolves when calls go there. Rejects when the filter does not take it. */
  async target(target: Target, known: boolean): Promise<void> {
    const sequence = this.#socket.sequence();
    const error = await new Promise<number>((resolve) => {
      this.#waiting.set(sequence, resolve);
      this.#socket.send(setTarget(target, known, sequence));
    });
    this.#waiting.delete(sequence);
    if (error !== 0) throw new Error(`the filter refused a target: ${error}`);
  }

  /**
   * Lets segments of a connection that begin in the range pass without a look, or no longer; the kernel has done it when this
   * returns. A range that is not there only costs time, but with one that stays against our will the gateway ends.
   */
  body(change: 'add' | 'remove', ends: Ends, range: BodyRange): void {
    const sequence = this.#socket.sequence();
    this.#waiting.set(sequence, (error) => {
      this.#waiting.delete(sequence);
      if (change === 'remove' && error !== 0 && error !== NOT_THERE) process.exit(1);
    });
    this.#socket.send(setBody(change, ends, range, sequence));
  }

  /** Ends both sides of a connection as far as this kernel can. */
  end(ends: Ends): void {
    this.#ends.send(destroySocket(ends));
  }

  /** Makes the kernel forget a connection, after its end. */
  forget(ends: Ends): void {
    this.#socket.send(forgetConnection(ends));
  }

  #take({ type, sequence, body }: Received): void {
    if (type === ERROR) return this.#waiting.get(sequence)?.(body.readInt32LE(0));
    if (type !== PACKET_TYPE) return;
    const attributes = decodeAttributes(body);
    const header = attributes.get(HEADER);
    const packet = attributes.get(PAYLOAD);
    if (header === undefined) return;
    const id = header.readUInt32BE(0);
    const say = (answer: Answer): void => this.#socket.send(verdict(id, answer));
    // What is not whole cannot be looked at.
    if (packet === undefined || attributes.has(CUT)) return say(null);
    const large = ((attributes.get(INFO)?.readUInt32BE(0) ?? 0) & IS_LARGE) !== 0;
    const stale = attributes.get(MARK)?.readUInt32BE(0) === LOOK_STALE;
    const answer = this.#look({ outgoing: header[6] === OUTPUT, packet, large, stale });
    if (answer instanceof Promise) void answer.then(say, () => say(null));
    else say(answer);
  }
}
