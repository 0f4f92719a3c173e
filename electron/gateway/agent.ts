/** The agent of one gateway: carries out what core decides, reports everything, and closes with core (NET-2, NET-3). */
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import type { FromGateway, GatewayConfig } from '../../shared/domain/gateway.ts';
import { Carrying } from './carrying.ts';
import { run } from './commands.ts';
import { CoreLink } from './core-link.ts';
import { serveDns } from './dns-server.ts';
import { filterText, namedSet, NO_COUNTS, PINNED, pinText, type Carrier, type Counts, type Pin } from './filter.ts';
import { Names } from './names.ts';
import { noQueueText, QUEUE_CHAINS, queueText } from './packets/chains.ts';
import { SEEN } from './packets/marks.ts';
import { PacketQueue } from './packets/queue.ts';
import { inherited } from './packets/socket.ts';
import { NAMES_RANGE, PROBE_ADDRESS, PROBE_PORT } from './places.ts';
import { limitRates } from './rates.ts';
import { Relay } from './relay.ts';
import { Watch } from './watch.ts';

/** Addresses stay open a little longer than the script may remember them. */
const PIN_SLACK_S = 5;
/** The agent's own pins; core decides about each call anyway. */
const OWN_PIN_S = 60;
/** A queue that works refuses the agent's own call much sooner. */
const PROBE_MS = 500;

/** A way out over IPv6: a default route through a device. */
async function hasRoute6(): Promise<boolean> {
  const table = await readFile('/proc/net/ipv6_route', 'latin1').catch(() => '');
  return /^0{32} 00 .* (?!lo$)\S+$/m.test(table);
}

export class Agent {
  readonly #core: CoreLink;
  readonly #names = new Names();
  readonly #relay: Relay;
  readonly #watch: Watch;
  /** Until when an address is in a set: `SET ADDRESS` → milliseconds of this process. */
  readonly #pins = new Map<string, number>();
  #filter: Promise<unknown> = Promise.resolve();
  readonly #relayed: number[] = [];
  #config: GatewayConfig | null = null;
  #carrying: Carrying | null = null;
  #begun = false;

  constructor() {
    this.#core = new CoreLink((message) => {
      if (message.type === 'ping') this.#core.send({ type: 'pong' });
      else if (message.type === 'settle') void this.#settle().finally(() => this.#core.send({ type: 'settled' }));
      else void this.#configure(message.id, message.config);
    });
    const send = (message: FromGateway): void => this.#core.send(message);
    this.#relay = new Relay({
      names: this.#names,
      open: (name, port) => this.#core.open(name, port),
      pin: (addresses) => this.#pin([PINNED], addresses, OWN_PIN_S),
      report: send,
    });
    this.#watch = new Watch({
      names: this.#names,
      relayed: () => this.#relay.live,
      behind: (address, port) => this.#carrying?.behind(address, port) ?? null,
      onOver: ({ from, address, port }) => this.#carrying?.inspector.forget(from, address, port),
      send,
    });
    send({ type: 'up' });
  }

  async #settle(): Promise<void> {
    if (this.#carrying === null && this.#relay.used) await this.#relay.settle();
    await this.#watch.settle();
  }

  async #configure(id: number, given: GatewayConfig): Promise<void> {
    try {
      // A relayed port keeps its listener while rules come and go.
      this.#relayed.push(...given.relayed.filter((port) => !this.#relayed.includes(port)));
      const config = { ...given, relayed: [...this.#relayed] };
      const first = !this.#begun;
      const rates = this.#config?.download !== config.download || this.#config?.upload !== config.upload;
      this.#config = config;
      this.#carrying?.stale();
      // Rates and rules do not touch each other; at first there is nothing to clear.
      const limiting = rates || first ? limitRates(config.download, config.upload, !first) : Promise.resolve(true);
      const counts = first ? NO_COUNTS : await this.#watch.counts();
      if (first && config.inKernel && config.mode === 'restricted') await this.#carry(config);
      if (this.#carrying === null) await this.#relay.listen(config.relayed);
      if (!first || this.#carrying === null) await this.#load(config, counts);
      if (first) await this.#begin();
      const limited = await limiting;
      const ipv6 = config.ipv6 && (await hasRoute6());
      const { working: events } = this.#watch;
      this.#core.send({ type: 'configured', id, rates: limited, events, ipv6, carrier: this.#carrier });
    } catch (failure) {
      this.#core.send({ type: 'failed', id, why: String(failure).slice(0, 1500) });
    }
  }

  get #carrier(): Carrier {
    return this.#carrying === null ? 'relay' : 'kernel';
  }

  #load(config: GatewayConfig, counts: Counts, before = ''): Promise<unknown> {
    return this.#commit(() => {
      const targets = this.#carrying?.targets() ?? [];
      return before + filterText(config, { carrier: this.#carrier, pins: this.#livePins(config), targets, counts });
    }).finally(() => this.#carrying?.inspector.renew());
  }

  /** Leaves named hosts to the kernel if it can hand over what is said to them, which is tried. */
  async #carry(config: GatewayConfig): Promise<void> {
    const sockets = inherited(process.env);
    if (sockets === null) return;
    const queue = new PacketQueue(sockets);
    const carrying = new Carrying({
      queue,
      names: this.#names,
      open: (name, port, onAsked) => this.#core.open(name, port, onAsked),
      listed: (port) => this.#config?.relayed.includes(port) ?? false,
      alone: (change) => this.#alone(change),
      report: (event) => this.#core.send(event),
      told: (call) => this.#watch.forget(call),
      expect: (call, question) => this.#watch.expect(call, question),
    });
    this.#carrying = carrying;
    try {
      await this.#load(config, NO_COUNTS, queueText());
      let seen = false;
      queue.begin(QUEUE_CHAINS, (packet) => {
        if (this.#begun) return carrying.inspector.look(packet);
        seen = true;
        return { mark: SEEN.refused, packet: null };
      });
      await this.#call();
      if (seen) return;
    } catch {
      // Older and smaller kernels have none.
    }
    this.#carrying = null;
    await this.#commit(noQueueText);
  }

  /** Calls an address that no name has: refused by who looks, or by nobody. */
  #call(): Promise<void> {
    return new Promise((resolve) => {
      const socket = connect({ host: PROBE_ADDRESS, port: PROBE_PORT });
      socket.setTimeout(PROBE_MS, () => socket.destroy());
      socket.on('error', () => {});
      socket.once('close', () => resolve());
    });
  }

  /** Only once the filter stands. */
  async #begin(): Promise<void> {
    this.#begun = true;
    // The kernel carries by the way out; the agent by having all of them itself.
    if (this.#carrying === null) await run('ip', ['route', 'replace', 'local', NAMES_RANGE, 'dev', 'lo']);
    await serveDns({
      core: this.#core,
      unasked: () => this.#watch.unasked(),
      names: this.#names,
      pin: (named, addresses, seconds) => this.#pin(named.map(namedSet), addresses, seconds + PIN_SLACK_S),
    });
    this.#watch.begin();
  }

  /** One change of the filter at a time. */
  #commit(text: () => string): Promise<string> {
    return this.#alone(() => run('nft', ['-f', '-'], text()));
  }

  #alone<T>(change: () => Promise<T>): Promise<T> {
    const next = this.#filter.then(change);
    this.#filter = next.catch(() => {});
    return next;
  }

  #livePins(config: GatewayConfig): Pin[] {
    const sets = new Set([PINNED, ...config.named.map(({ id }) => namedSet(id))]);
    const now = performance.now();
    const pins: Pin[] = [];
    for (const [key, until] of this.#pins) {
      const [set = '', address = ''] = key.split(' ');
      if (until <= now) this.#pins.delete(key);
      else if (sets.has(set)) pins.push({ set, address, seconds: (until - now) / 1000 });
    }
    return pins;
  }

  async #pin(sets: readonly string[], addresses: readonly string[], seconds: number): Promise<void> {
    const now = performance.now();
    const pins = sets
      .flatMap((set) => addresses.map((address) => ({ set, address, seconds })))
      .filter(({ set, address }) => (this.#pins.get(`${set} ${address}`) ?? 0) < now + (seconds * 1000) / 2);
    if (pins.length === 0) return await this.#filter.then(() => {});
    for (const { set, address } of pins) this.#pins.set(`${set} ${address}`, now + seconds * 1000);
    await this.#commit(() => pinText(pins)).catch(() => {});
  }
}
