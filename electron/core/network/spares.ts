/** A gateway that waits for its run: rules are loaded when it is claimed, and it is never used twice (RUN-11, NET-2). */
import { setTimeout as sleep } from 'node:timers/promises';
import { ulid } from 'ulid';
import type { Engine } from '../engine/port.ts';
import type { Log } from '../storage/log.ts';
import { madeOf, startGateway, type Gateway, type GatewayRequest } from './gateway.ts';

/** Nobody came for so long: its memory is worth more. */
const IDLE_MS = 5 * 60_000;
/** The run that just ended is cleaned up first. */
const SOON_MS = 300;

interface Waiting {
  readonly label: string;
  readonly made: string;
  readonly gateway: Promise<Gateway>;
  ready: Gateway | null;
  readonly timer: NodeJS.Timeout;
}

export class Spares {
  readonly #log: Log;
  /** One per engine address. */
  readonly #waiting = new Map<string, Waiting>();
  #closed = false;

  constructor(log: Log) {
    this.#log = log;
  }

  /** One that was made alike and is up; null when there is none. */
  take(address: string, made: string): Gateway | null {
    const waiting = this.#waiting.get(address);
    if (!waiting?.ready) return null;
    this.#waiting.delete(address);
    clearTimeout(waiting.timer);
    if (waiting.made === made && waiting.ready.link.alive) return waiting.ready;
    void this.#drop(waiting);
    return null;
  }

  has(label: string): boolean {
    return [...this.#waiting.values()].some((waiting) => waiting.label === label);
  }

  /** Makes one in the background unless one waits already. */
  refill(engine: Engine, request: Omit<GatewayRequest, 'label'>): void {
    if (this.#closed || this.#waiting.has(engine.address)) return;
    const label = `spare-${ulid().toLowerCase()}`;
    const gateway = this.#make(engine, { ...request, label });
    const timer = setTimeout(() => this.#forget(engine.address), IDLE_MS).unref();
    const waiting: Waiting = { label, made: madeOf(request), gateway, ready: null, timer };
    this.#waiting.set(engine.address, waiting);
    gateway.then(
      (made) => (waiting.ready = made),
      (failure: unknown) => {
        this.#log.info('no gateway ahead', { problem: String(failure) });
        clearTimeout(timer);
        if (this.#waiting.get(engine.address) === waiting) this.#waiting.delete(engine.address);
      },
    );
  }

  async dispose(): Promise<void> {
    this.#closed = true;
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    await Promise.all(all.map((waiting) => this.#drop(waiting)));
  }

  async #make(engine: Engine, request: GatewayRequest): Promise<Gateway> {
    await sleep(SOON_MS, undefined, { ref: false });
    if (this.#closed) throw new Error('Bellglass is closing');
    const gateway = await startGateway(engine, request);
    try {
      await gateway.link.up();
      return gateway;
    } catch (failure) {
      await gateway.remove();
      throw failure;
    }
  }

  #forget(address: string): void {
    const waiting = this.#waiting.get(address);
    this.#waiting.delete(address);
    if (waiting) void this.#drop(waiting);
  }

  async #drop({ gateway, timer }: Waiting): Promise<void> {
    clearTimeout(timer);
    try {
      await (await gateway).remove();
    } catch (failure) {
      this.#log.info('a gateway ahead is gone or left for the sweep', { problem: String(failure) });
    }
  }
}
