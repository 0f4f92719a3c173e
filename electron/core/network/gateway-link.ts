/** Core's end of the line to a gateway's agent. */
import { fromGatewaySchema, type FromGateway, type GatewayConfig, type ToGateway } from '#shared/domain/gateway.ts';
import { AppError } from '#shared/lib/app-error.ts';
import type { Streams } from '../engine/port.ts';

export type Question = Extract<FromGateway, { type: 'lookup' | 'open' }>;
export type Report = Exclude<FromGateway, Question | { type: 'up' | 'configured' | 'failed' | 'settled' | 'pong' }>;

export interface LinkHandlers {
  onQuestion(question: Question): void;
  onReport(report: Report): void;
  /** The agent is gone or silent; called once, never after `close`. */
  onLost(why: string): void;
}

const LINE_MAX = 64 * 1024;
const PING_MS = 1000;
/** So many pings without a word, and the agent counts as hung. */
const SILENT_PINGS = 4;
/** Before its first word it has to begin, which takes its time on a busy machine. */
const BEGIN_PINGS = 20;
const CONFIGURE_MS = 10_000;

type Configured = Extract<FromGateway, { type: 'configured' }>;

export class GatewayLink {
  readonly #streams: Streams;
  #handlers: LinkHandlers | null = null;
  readonly #waiting = new Map<number, { resolve: (done: Configured) => void; reject: (failure: Error) => void }>();
  readonly #up = Promise.withResolvers<void>();
  readonly #timer: NodeJS.Timeout;
  #next = 1;
  #rest = '';
  #silent = 0;
  #begun = false;
  #closed = false;
  #complaint = '';
  #settled: () => void = () => {};

  constructor(streams: Streams) {
    this.#streams = streams;
    streams.stdout.setEncoding('utf8');
    streams.stdout.on('data', (text: string) => this.#take(text));
    streams.stderr.on('data', (chunk: Buffer) => (this.#complaint = (this.#complaint + chunk.toString()).slice(-1000)));
    for (const stream of [streams.stdin, streams.stdout, streams.stderr]) stream.on('error', () => {});
    const ended = (): void => this.#lose('The gateway ended.');
    streams.done.then(ended, ended);
    this.#up.promise.catch(() => {});
    this.#timer = setInterval(() => {
      if (++this.#silent > (this.#begun ? SILENT_PINGS : BEGIN_PINGS))
        this.#lose('The gateway does not answer any more.');
      else this.send({ type: 'ping' });
    }, PING_MS);
    this.#timer.unref();
  }

  /** From now on it works for this run; a gateway that waits for one asks nothing. */
  serve(handlers: LinkHandlers): void {
    this.#handlers = handlers;
  }

  /** False once the agent is gone or was let go of. */
  get alive(): boolean {
    return !this.#closed;
  }

  send(message: ToGateway): void {
    if (!this.#closed && this.#streams.stdin.writable) this.#streams.stdin.write(`${JSON.stringify(message)}\n`);
  }

  /** Resolves when the agent has begun. */
  up(): Promise<void> {
    return this.#up.promise;
  }

  /** Resolves when the new rules are in force. Rejects with `network-unavailable` and what the agent said. */
  async configure(config: GatewayConfig): Promise<Configured> {
    const id = this.#next++;
    const { promise, resolve, reject } = Promise.withResolvers<Configured>();
    const timer = setTimeout(() => reject(unavailable('The gateway did not take its rules in time.')), CONFIGURE_MS);
    this.#waiting.set(id, { resolve, reject });
    this.send({ type: 'configure', id, config });
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  /** Resolves when everything was told, or after the time limit. */
  async settle(timeoutMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    this.#settled = resolve;
    this.send({ type: 'settle' });
    await promise;
    clearTimeout(timer);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    this.#streams.destroy();
  }

  #lose(why: string): void {
    if (this.#closed) return;
    this.close();
    const failure = unavailable(this.#complaint.trim() === '' ? why : `${why} It said: ${this.#complaint.trim()}`);
    this.#up.reject(failure);
    this.#settled();
    for (const { reject } of this.#waiting.values()) reject(failure);
    this.#handlers?.onLost(why);
  }

  #take(text: string): void {
    this.#silent = 0;
    this.#begun = true;
    const lines = (this.#rest + text).split('\n');
    this.#rest = (lines.pop() ?? '').slice(0, LINE_MAX);
    for (const line of lines) this.#line(line);
  }

  #line(line: string): void {
    let message: FromGateway;
    try {
      message = fromGatewaySchema.parse(JSON.parse(line));
    } catch {
      // An agent that does not keep to the form is not ours any more.
      this.#lose('The gateway said something that cannot be read.');
      return;
    }
    switch (message.type) {
      case 'up':
        return this.#up.resolve();
      case 'pong':
        return;
      case 'settled':
        return this.#settled();
      case 'configured':
        return this.#waiting.get(message.id)?.resolve(message);
      case 'failed':
        return this.#waiting.get(message.id)?.reject(unavailable(message.why));
      case 'lookup':
      case 'open':
        return this.#handlers?.onQuestion(message);
      default:
        return this.#handlers?.onReport(message);
    }
  }
}

export function unavailable(why: string, next?: string): AppError {
  return new AppError({
    code: 'network-unavailable',
    message: 'The network of this run could not be set up.',
    why,
    next: next ?? 'Run without network, or use an engine whose kernel has nftables with logging.',
  });
}
