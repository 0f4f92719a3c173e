/** The agent of one gateway: carries out what core decides, reports everything, and closes with core (NET-2, NET-3). */
import type { FromGateway, GatewayConfig } from '../../shared/domain/gateway.ts';
import { run } from './commands.ts';
import { CoreLink } from './core-link.ts';
import { serveDns } from './dns-server.ts';
import { filterText, namedSet, NO_COUNTS, PINNED, pinText, type Pin } from './filter.ts';
import { Names } from './names.ts';
import { NAMES_RANGE } from './places.ts';
import { limitRates } from './rates.ts';
import { Relay } from './relay.ts';
import { Watch } from './watch.ts';

/** Addresses stay open a little longer than the script may remember them. */
const PIN_SLACK_S = 5;
/** The agent's own pins; core decides about each call anyway. */
const OWN_PIN_S = 60;

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
  #begun = false;

  constructor() {
    this.#core = new CoreLink((message) => {
      if (message.type === 'ping') this.#core.send({ type: 'pong' });
      else if (message.type === 'settle') void this.#watch.settle().finally(() => this.#core.send({ type: 'settled' }));
      else void this.#configure(message.id, message.config);
    });
    const send = (message: FromGateway): void => this.#core.send(message);
    this.#relay = new Relay({
      names: this.#names,
      open: (name, port) => this.#core.open(name, port),
      pin: (addresses) => this.#pin([PINNED], addresses, OWN_PIN_S),
      report: send,
      limit: () => this.#config?.connections ?? null,
    });
    this.#watch = new Watch(this.#names, () => this.#relay.live, send);
    send({ type: 'up' });
  }

  async #configure(id: number, given: GatewayConfig): Promise<void> {
    try {
      // A relayed port keeps its listener while rules come and go.
      this.#relayed.push(...given.relayed.filter((port) => !this.#relayed.includes(port)));
      const config = { ...given, relayed: [...this.#relayed] };
      const first = !this.#begun;
      const rates = this.#config?.download !== config.download || this.#config?.upload !== config.upload;
      await this.#relay.listen(config.relayed);
      this.#config = config;
      const counts = first ? NO_COUNTS : await this.#watch.counts();
      await this.#commit(() => filterText(config, this.#livePins(config), counts));
      if (first) await this.#begin();
      const limited = rates || first ? await limitRates(config.download, config.upload) : true;
      this.#core.send({ type: 'configured', id, rates: limited, events: this.#watch.working });
    } catch (failure) {
      this.#core.send({ type: 'failed', id, why: String(failure).slice(0, 1500) });
    }
  }

  /** Only once the filter stands. */
  async #begin(): Promise<void> {
    this.#begun = true;
    await run('ip', ['route', 'replace', 'local', NAMES_RANGE, 'dev', 'lo']);
    await serveDns({
      core: this.#core,
      names: this.#names,
      pin: (named, addresses, seconds) => this.#pin(named.map(namedSet), addresses, seconds + PIN_SLACK_S),
    });
    await this.#watch.begin();
  }

  /** One change of the filter at a time. */
  #commit(text: () => string): Promise<string> {
    const next = this.#filter.then(() => run('nft', ['-f', '-'], text()));
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
