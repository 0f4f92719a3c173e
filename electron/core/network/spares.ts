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
  /** Resolves when its container runs; its agent may not be up yet. */
  readonly gateway: Promise<Gateway>;
  /** Begins it now; null when it has begun. */
  readonly soon: AbortController | null;
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

  /** One that was made alike, or is being made: then it is sooner there than another. Null when there is none. */
  async take(address: string, made: string): Promise<Gateway | null> {
    const waiting = this.#waiting.get(address);
    if (!waiting) return null;
    this.#waiting.delete(address);
    clearTimeout(waiting.timer);
    waiting.soon?.abort();
    const gateway = waiting.made === made ? await waiting.gateway.catch(() => null) : null;
    if (gateway?.link.alive === true) return gateway;
    void this.#drop(waiting);
    return null;
  }

  has(label: string): boolean {
    return [...this.#waiting.values()].some((waiting) => waiting.label === label);
  }

  /** Makes one in the background unless one waits already: at once for a run that is coming, else when there is time. */
  refill(engine: Engine, request: Omit<GatewayRequest, 'label'>, isComing: boolean): void {
    if (this.#closed || this.#waiting.has(engine.address)) return;
    const label = `spare-${ulid().toLowerCase()}`;
    const soon = isComing ? null : new AbortController();
    const gateway = this.#make(engine, { ...request, label }, soon?.signal);
    const timer = setTimeout(() => this.#forget(engine.address), IDLE_MS).unref();
    const waiting: Waiting = { label, made: madeOf(request), gateway, soon, timer };
    this.#waiting.set(engine.address, waiting);
    gateway
      .then(({ link }) => link.up())
      .catch((failure: unknown) => {
        this.#log.info('no gateway ahead', { problem: String(failure) });
        if (this.#waiting.get(engine.address) === waiting) this.#forget(engine.address);
      });
  }

  async dispose(): Promise<void> {
    this.#closed = true;
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    await Promise.all(all.map((waiting) => this.#drop(waiting)));
  }

  async #make(engine: Engine, request: GatewayRequest, soon: AbortSignal | undefined): Promise<Gateway> {
    if (soon) await sleep(SOON_MS, undefined, { ref: false, signal: soon }).catch(() => {});
    if (this.#closed) throw new Error('Bellglass is closing');
    return await startGateway(engine, request);
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
