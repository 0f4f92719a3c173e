/** Calls of named hosts that the kernel carries: where they go, and who ends them when they name another host (NET-2). */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FromGateway } from '../../shared/domain/gateway.ts';
import type { Names } from './names.ts';
import { Inspector, type Answerable, type Call } from './packets/inspector.ts';
import type { Target } from './packets/messages.ts';
import type { PacketQueue } from './packets/queue.ts';

export interface CarryingDeps {
  readonly queue: Pick<PacketQueue, 'target' | 'body' | 'end' | 'forget'>;
  readonly names: Names;
  /** What core allows for this call; no address when it refuses, which it tells of. */
  readonly open: (name: string, port: number, onAsked: (question: number) => void) => Promise<Opened>;
  /** Core knows who called: the question's number. */
  readonly expect: (call: Call, question: number) => void;
  /** A port of named hosts, by the rules of now. */
  readonly listed: (port: number) => boolean;
  /** Runs a change of the filter when no other one runs. */
  readonly alone: (change: () => Promise<void>) => Promise<void>;
  readonly report: (event: Extract<FromGateway, { type: 'closed' }>) => void;
  /** The connection is told of already. */
  readonly told: (call: Call) => void;
}

export interface Opened {
  readonly addresses: readonly string[];
  /** Seconds for which more calls may go there. */
  readonly ttl: number;
}

interface Known {
  readonly target: Target;
  /** All of them. */
  readonly addresses: readonly string[];
  /** Milliseconds of this process; another lookup of core's is due then. */
  readonly until: number;
  /** When core was last asked about it. */
  readonly asked: number;
}

/** Of calls to one place core is asked about the first in such a time, ms, because it sees which process waits. */
const ASK_EVERY_MS = 20;
/** So long a call that may go out waits for that. */
const PATIENCE_MS = 2;
/** Core is asked about so many at once; beyond, a flood is refused and counted. */
const ASKED_MAX = 256;

export class Carrying {
  readonly #deps: CarryingDeps;
  readonly #inspector: Inspector;
  readonly #known = new Map<string, Known>();
  readonly #asked = new Map<string, Promise<'called' | 'refused'>>();

  constructor(deps: CarryingDeps) {
    this.#deps = deps;
    this.#inspector = new Inspector({
      nameOf: (address) => deps.names.relayed(address),
      open: (call, again) => this.#open(call, again),
      end: (call) => deps.queue.end(call),
      forget: (call) => deps.queue.forget(call),
      setBody: (change, call, range) => deps.queue.body(change, call, range),
      onRefused: ({ why, out, duration, ...call }) => {
        const { name, address, port } = call;
        const to = this.#known.get(`${address} ${port}`)?.target.to ?? null;
        deps.told(call);
        // Only now: the answer about the packet belongs to the connection.
        setImmediate(() => deps.queue.forget(call));
        deps.report({ type: 'closed', name, address: to, port, in: 0, out, duration, refused: true, why });
      },
      now: () => performance.now(),
    });
  }

  get inspector(): Inspector {
    return this.#inspector;
  }

  /** What the filter has to know. */
  targets(): Target[] {
    return [...this.#known.values()].map(({ target }) => target);
  }

  /** The real address behind a stand-in. */
  behind(address: string, port: number | null): string | null {
    return this.#known.get(`${address} ${port}`)?.target.to ?? null;
  }

  /** The rules have changed: core is asked again about every host. */
  stale(): void {
    for (const [key, known] of this.#known) this.#known.set(key, { ...known, until: 0, asked: 0 });
  }

  #open(call: Call, again: boolean): Answerable<'called' | 'refused' | 'denied'> {
    if (!this.#deps.listed(call.port)) return 'denied';
    const key = `${call.address} ${call.port}`;
    const known = this.#known.get(key);
    const now = performance.now();
    if (known && again) this.#turn(key, known);
    const fresh = known !== undefined && known.until > now;
    if (fresh && known.asked + ASK_EVERY_MS > now) return 'called';
    const asked = this.#asked.get(key);
    if (asked) return fresh ? 'called' : asked;
    if (this.#asked.size >= ASKED_MAX) return fresh ? 'called' : 'denied';
    const asking = this.#ask(call, key).finally(() => this.#asked.delete(key));
    this.#asked.set(key, asking);
    // A rule that no longer allows it would have made it stale: core only sees who calls.
    return fresh ? Promise.race([asking, sleep(PATIENCE_MS, 'called' as const)]) : asking;
  }

  async #ask(call: Call, key: string): Promise<'called' | 'refused'> {
    const { name, address, port } = call;
    const { addresses, ttl } = await this.#deps.open(name, port, (id) => this.#deps.expect(call, id));
    const before = this.#known.get(key)?.target.to;
    const to = before !== undefined && addresses.includes(before) ? before : addresses[0];
    if (to === undefined) return 'refused';
    const target = { address, port, to };
    const asked = performance.now();
    const until = asked + ttl * 1000;
    if (before === to) this.#known.set(key, { target, addresses, until, asked });
    else await this.#aim(key, { target, addresses, until, asked });
    return 'called';
  }

  /** Tells the filter first. */
  #aim(key: string, known: Known): Promise<void> {
    return this.#deps.alone(async () => {
      await this.#deps.queue.target(known.target, this.#known.has(key));
      this.#known.set(key, known);
    });
  }

  /** Nobody answers there: calls from now on go to the name's next address. */
  #turn(key: string, known: Known): void {
    const { target, addresses } = known;
    const to = addresses[(addresses.indexOf(target.to) + 1) % addresses.length];
    if (to !== undefined && to !== target.to) this.#aim(key, { ...known, target: { ...target, to } }).catch(() => {});
  }
}
