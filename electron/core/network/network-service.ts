/** Networks of runs: a gateway per run on a network of ours, or the reason why there can be none (NET-1, NET-2). */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Disposable } from '#shared/lib/lifecycle.ts';
import { AppError, toAppError } from '#shared/lib/app-error.ts';
import { LABEL } from '#shared/domain/labels.ts';
import type { NetworkEvent, NetworkPlan } from '#shared/domain/network.ts';
import { parsePublish } from '#shared/policy/network/kind.ts';
import type { Learned } from '../engine/options.ts';
import type { Engine, NetworkInfo } from '../engine/port.ts';
import type { Log } from '../storage/log.ts';
import { madeOf, startGateway } from './gateway.ts';
import { unavailable } from './gateway-link.ts';
import { ownAddresses } from './host-addresses.ts';
import { ownRange } from './ipv6.ts';
import { createResolver } from './resolver.ts';
import { SocketOwners } from './socket-owners.ts';
import { Spares } from './spares.ts';
import { NetworkSession, type GatedPlan, type Rates } from './session.ts';

export interface NetworkDeps {
  /** Builds the gateway's image unless it is there; resolves with its reference. */
  readonly ensureImage: (onStep: (step: string) => void, signal: AbortSignal) => Promise<string>;
  /** The image's reference when the engine has it. */
  readonly imageThere: (engine: Engine) => Promise<string | null>;
  /** The gateway's seccomp profile. */
  readonly seccompProfile: () => Promise<string>;
  /** Labels of the installation and process that own it. */
  readonly labels: Readonly<Record<string, string>>;
  /** Told what an engine turned out to be able to. */
  readonly learned?: (address: string, learned: Learned) => void;
  /** Lets the kernel carry connections to named hosts where it can. */
  readonly inKernel: boolean;
  /** Keeps one gateway ready after the first; for hosts that live longer than one run. */
  readonly spares: boolean;
  /** Sandboxes get IPv6 where the engine can give it. */
  readonly ipv6: () => boolean;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

export interface OpenNetwork {
  readonly runId: string;
  readonly plan: GatedPlan;
  readonly engine: Engine;
  readonly onStep: (step: string) => void;
  readonly signal: AbortSignal;
  readonly onEvent: (event: NetworkEvent) => void;
  /** The gateway is gone: nothing passes any more. */
  readonly onLost: (why: string) => void;
}

/** One run's network. */
export interface RunNetwork {
  /** The gateway's container, whose network namespace the sandbox joins. */
  readonly gateway: string;
  /** Resolves when every rule is in force; rejects with `network-unavailable`. No script may run before. */
  readonly ready: Promise<void>;
  /** From now on events tell which process of this container it was, where that can be known. */
  identify(sandbox: string): Promise<void>;
  rates(): Rates;
  /** Throws AppError `policy-invalid`; resolves when the script's next attempt gets through. */
  allow(rule: string): Promise<void>;
  /** Waits for the last events after the script's end. */
  settle(): Promise<void>;
  /** Removes the gateway; after the sandbox. */
  remove(): Promise<void>;
  /** Leaves it to the sweep: its engine is gone. */
  abandon(): void;
}

const CARRIERS = {
  kernel: 'its kernel',
  relay: 'the gateway, because its kernel has no packet queue',
} as const;
const NETWORK_NAME = 'bellglass';
/** What the filter logged arrives within so many milliseconds after the script's end; the agent is given so long to tell it. */
const SETTLE_MS = 40;
const SETTLE_MAX_MS = 3000;

export class NetworkService implements Disposable {
  readonly #deps: NetworkDeps;
  /** One network per engine, made when first needed. */
  readonly #networks = new Map<string, { readonly engine: Engine; readonly network: Promise<NetworkInfo> }>();

  readonly #spares: Spares;
  /** By engine address, as its last restricted gateway found. */
  readonly #carriers = new Map<string, 'kernel' | 'relay'>();
  #foreseen: Promise<void> = Promise.resolve();
  #closed = false;
  /** Labels of gateways that work for a run. */
  readonly #held = new Set<string>();

  constructor(deps: NetworkDeps) {
    this.#deps = deps;
    this.#spares = new Spares(deps.log);
  }

  /** Rejects with `network-unavailable` when this engine cannot keep the rules, or with what the engine said. */
  async open(open: OpenNetwork): Promise<RunNetwork> {
    try {
      return await this.#open(open);
    } catch (failure) {
      // Another process of ours, or a person, removed the network meanwhile.
      if (!/network \S+ not found/i.test(`${toAppError(failure).details} ${toAppError(failure).why}`)) throw failure;
      this.#networks.delete(open.engine.address);
      return await this.#open(open);
    }
  }

  async #open(open: OpenNetwork): Promise<RunNetwork> {
    const { engine, runId, plan } = open;
    const [image, seccompProfile, network] = await Promise.all([
      this.#deps.ensureImage(open.onStep, open.signal),
      this.#deps.seccompProfile(),
      this.#network(engine),
    ]);
    const session = new NetworkSession({
      plan,
      ipv6: network.ipv6,
      hosts: [...new Set([...network.ranges, ...network.hostAddresses, ...ownAddresses()])],
      resolver: createResolver(plan.dns, plan.hosts, this.#deps.now),
      now: this.#deps.now,
      onEvent: open.onEvent,
      inKernel: this.#deps.inKernel,
    });
    const request = {
      image,
      network: network.id,
      seccompProfile,
      publish: plan.publish.map((text) => parsePublish(text)),
    };
    const plain = request.publish.length === 0;
    await this.#foreseen;
    const spare = plain ? await this.#spares.take(engine.address, madeOf(request)) : null;
    const gateway =
      spare ??
      (await startGateway(engine, { ...request, label: runId, owner: this.#deps.labels }).catch((failure: unknown) => {
        session.dispose();
        throw refused(failure);
      }));
    this.#held.add(gateway.label);
    const { link } = gateway;
    let opened = false;
    link.serve({
      onQuestion: (question) => session.onQuestion(question),
      onReport: (report) => session.onReport(report),
      onLost: (why) => {
        // A hung agent still holds its namespace open: without it only loopback is left.
        void engine.kill(gateway.container, 'KILL').catch(() => {});
        if (opened) open.onLost(why);
      },
    });
    const begin = async (): Promise<void> => {
      try {
        await link.up();
        await session.begin(link);
        opened = true;
      } catch (failure) {
        throw refused(failure);
      } finally {
        this.#learn(engine.address, session.found, plan);
      }
    };
    const ready = begin();
    ready.catch(() => {});
    return {
      gateway: gateway.container,
      ready,
      identify: async (sandbox) =>
        session.identify(await SocketOwners.of(engine, gateway.container, sandbox, this.#deps.now)),
      rates: () => session.rates(),
      allow: (rule) => session.allow(rule),
      settle: async () => {
        await sleep(SETTLE_MS);
        await link.settle(SETTLE_MAX_MS);
        session.flush();
      },
      remove: async () => {
        session.dispose();
        if (this.#deps.spares && plain) this.#spares.refill(engine, { ...request, owner: this.#deps.labels }, false);
        // What could not be removed is the sweep's.
        await gateway.remove().finally(() => this.#held.delete(gateway.label));
      },
      abandon: () => {
        session.dispose();
        gateway.link.close();
        this.#held.delete(gateway.label);
      },
    };
  }

  /**
   * A run with such a network is coming soon: its gateway is begun now, so that it waits less. Never makes an image.
   * Nothing of the run goes into it before its rules are in force; without that run it is removed after a while.
   */
  foresee(engine: Engine, plan: NetworkPlan): void {
    if (plan.mode === 'none' || plan.publish.length > 0 || this.#closed) return;
    this.#foreseen = this.#foreseen.then(() => this.#begin(engine)).catch(() => {});
  }

  async #begin(engine: Engine): Promise<void> {
    const image = await this.#deps.imageThere(engine);
    if (image === null || this.#closed) return;
    const [seccompProfile, network] = await Promise.all([this.#deps.seccompProfile(), this.#network(engine)]);
    const request = { image, network: network.id, seccompProfile, publish: [], owner: this.#deps.labels };
    this.#spares.refill(engine, request, true);
  }

  /** The sweep must leave this label alone. */
  holds(label: string): boolean {
    return this.#held.has(label) || this.#spares.has(label);
  }

  /** Removes the networks that nothing uses any more; after the last run. */
  async dispose(): Promise<void> {
    this.#closed = true;
    await this.#foreseen;
    await this.#spares.dispose();
    const all = [...this.#networks.values()];
    this.#networks.clear();
    for (const { engine, network } of all) {
      await network
        .then(({ id }) => engine.removeNetwork(id))
        .catch((failure: unknown) =>
          this.#deps.log.info('a network is left for the sweep', { problem: String(failure) }),
        );
    }
  }

  #learn(address: string, found: NetworkSession['found'], { mode, download, upload }: GatedPlan): void {
    if (found === null) return;
    if (mode === 'restricted') this.#carriers.set(address, found.carrier);
    const carrier = this.#carriers.get(address);
    const carried = carrier === undefined ? '' : `; named hosts are carried by ${CARRIERS[carrier]}`;
    const seen = (works: boolean): string =>
      works ? 'probed: seen at work in a gateway' : 'probed: did not work in a gateway';
    const shaped = download !== null || upload !== null;
    this.#deps.learned?.(address, {
      facts: {
        nftables: true,
        connectionTracking: true,
        ipv6: found.ipv6,
        nflog: found.events,
        ...(shaped && { rateShaping: found.rates }),
      },
      evidence: {
        nftables: seen(true),
        connectionTracking: `${seen(true)}${carried}`,
        ipv6: found.ipv6 ? seen(true) : 'probed: a gateway has no route there',
        nflog: seen(found.events),
        ...(shaped && { rateShaping: seen(found.rates) }),
      },
    });
  }

  async #network(engine: Engine): Promise<NetworkInfo> {
    const known = this.#networks.get(engine.address);
    if (known) return await known.network;
    const network = this.#findOrMake(engine);
    this.#networks.set(engine.address, { engine, network });
    network.catch(() => this.#networks.delete(engine.address));
    return await network;
  }

  async #findOrMake(engine: Engine): Promise<NetworkInfo> {
    const instance = this.#deps.labels[LABEL.instance] ?? '';
    const labels = { [LABEL.app]: '1', [LABEL.instance]: instance, [LABEL.kind]: 'network' };
    const wanted = this.#deps.ipv6();
    const [found] = await engine.networks(labels);
    if (found && (found.ipv6 === wanted || !(await engine.removeNetwork(found.id)))) return found;
    const request = {
      name: `${NETWORK_NAME}-${instance.slice(0, 8)}`,
      labels: { ...this.#deps.labels, ...labels },
      ipv6: null,
    };
    try {
      if (!wanted) return await engine.createNetwork(request);
      return await engine.createNetwork({ ...request, ipv6: ownRange(instance) }).catch((failure: unknown) => {
        this.#deps.log.info('the engine gives no IPv6', { problem: String(failure) });
        return engine.createNetwork(request);
      });
    } catch (failure) {
      // Another process of this installation was faster.
      const [theirs] = await engine.networks(labels).catch(() => []);
      if (theirs) return theirs;
      throw failure;
    }
  }
}

/** What the engine refuses at this point is about the network. */
function refused(failure: unknown): AppError {
  const known = toAppError(failure);
  if (known.code !== 'container-create' && known.code !== 'container-start') return known;
  const port = /port is already allocated|address already in use/i.test(`${known.details ?? ''} ${known.why ?? ''}`);
  if (port)
    return new AppError({
      code: 'network-unavailable',
      message: 'A published port is taken.',
      why: known.details ?? known.message,
      next: 'Choose another port in `network.publish`.',
    });
  return unavailable(known.details ?? known.message);
}
