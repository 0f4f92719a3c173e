/** A netlink socket that the gateway's starter opened, read without pause once it works (NET-2, NET-3). */
import { read, readSync, writeSync } from 'node:fs';
import { decodeMessages, ERROR, type Received } from './netlink.ts';

/** Numbers of the open sockets: one for the packet queue, one for the filter's log, one that ends connections. */
export interface Inherited {
  readonly queue: number;
  readonly log: number;
  readonly ends: number;
}

/** Null where the starter could open none. */
export function inherited(env: Readonly<Record<string, string | undefined>>): Inherited | null {
  const numbers = (env['BELLGLASS_SOCKETS'] ?? '').split(',').map(Number);
  const [queue = 0, log = 0, ends = 0] = numbers;
  return numbers.length === 3 && numbers.every((number) => Number.isInteger(number) && number > 2)
    ? { queue, log, ends }
    : null;
}

const BUFFER = 1 << 17;
/** It waited in vain, or more came than could wait: what was lost comes again, or is counted. */
const HARMLESS = new Set(['EAGAIN', 'ENOBUFS', 'EINTR']);

export class KernelSocket {
  readonly #number: number;
  readonly #buffer = Buffer.alloc(BUFFER);
  #next = 1;

  constructor(number: number) {
    this.#number = number;
  }

  /** For a message that is answered by the same number. */
  sequence(): number {
    return this.#next++;
  }

  send(message: Buffer): void {
    writeSync(this.#number, message);
  }

  /** Sends and waits for the acknowledgement; throws the kernel's refusal. Only before reading has begun. */
  ask(compose: (sequence: number) => Buffer): void {
    const own = this.sequence();
    this.send(compose(own));
    for (;;) {
      const size = readSync(this.#number, this.#buffer, 0, BUFFER, null);
      for (const { type, sequence, body } of decodeMessages(this.#buffer.subarray(0, size))) {
        if (type !== ERROR || sequence !== own) continue;
        const error = body.readInt32LE(0);
        if (error !== 0) throw new Error(`the kernel refuses: ${error}`);
        return;
      }
    }
  }

  /** Calls back for every message from now on; its bytes are valid during the call. `wake` is answered at once. */
  listen(onMessage: (message: Received) => void, wake: Buffer): void {
    // A read that waits would hold up the end of the process.
    process.on('exit', () => this.send(wake));
    const next = (): void =>
      read(this.#number, this.#buffer, 0, BUFFER, null, (failure, size) => {
        if (failure && !HARMLESS.has(failure.code ?? '')) process.exit(1);
        if (!failure) for (const message of decodeMessages(this.#buffer.subarray(0, size))) onMessage(message);
        next();
      });
    next();
  }
}
