/** Finds an engine, keeps the connection, and brings it back (ENG-1, ENG-4, ENG-5). */
import { join } from 'node:path';
import type { Attempt, Capabilities, EngineStatus } from '#shared/domain/engine.ts';
import { AppError, toAppError } from '#shared/lib/app-error.ts';
import type { EngineAddress } from './adapter/address.ts';
import { createEngine } from './adapter/engine.ts';
import { hostFacts } from './capabilities/host.ts';
import { probeCapabilities } from './capabilities/probe.ts';
import { quickCapabilities } from './capabilities/quick.ts';
import { watchConnection } from './connection.ts';
import { discover, type Discovery } from './discovery/discover.ts';
import { realSurroundings } from './discovery/surroundings.ts';
import { Latest } from './latest.ts';
import type { EngineManager, EngineManagerOptions, Learned } from './options.ts';
import type { Engine } from './port.ts';
import { privateEngine, PRIVATE_ID, type PrivateEngine } from './private/private-engine.ts';

export type { EngineManager, EngineManagerOptions } from './options.ts';

/** Milliseconds of the first and the longest wait between two tries to reconnect. */
export const BACKOFF = { first: 500, longest: 30_000 } as const;

/** Milliseconds until the probes are tried again when there was nothing to try with. */
const PROBE_AGAIN = 15_000;

/** The effects, so that tests can bring their own. */
export interface ManagerParts {
  connect(address: EngineAddress): Engine;
  discover(preferred: string | null): Promise<Discovery>;
  quick(engine: Engine): Promise<Capabilities>;
  /** The slow probes; the result replaces the quick one. The same object back means: not possible yet. */
  probe(engine: Engine, quick: Capabilities): Promise<Capabilities>;
  readonly private: PrivateEngine;
}

export function createEngineManager(options: EngineManagerOptions): EngineManager {
  const { paths, env, log } = options;
  const folder = join(paths.data, 'engine');
  const connect = (address: EngineAddress): Engine => createEngine(address, { profileFolder: join(folder, 'seccomp') });
  const around = realSurroundings(env);
  return new Manager(options, {
    connect,
    discover: (preferred) => discover(around, connect, preferred),
    async quick(engine) {
      const [version, facts, host] = await Promise.all([engine.version(), engine.facts(), hostFacts()]);
      return quickCapabilities(version, facts, host);
    },
    probe: (engine, quick) => probeCapabilities(engine, quick, join(folder, 'capabilities.json')),
    private: privateEngine({ folder, assets: paths.assets, around, log, needed: options.needed }),
  });
}

interface Connected {
  readonly engine: Engine;
  readonly attempt: Attempt;
  readonly address: EngineAddress;
  capabilities: Capabilities;
}

export class Manager implements EngineManager {
  readonly #options: EngineManagerOptions;
  readonly #parts: ManagerParts;
  readonly #status = new Latest<EngineStatus>({ state: 'searching' });
  readonly #lost = new Set<() => void>();
  readonly #ready = new Set<(engine: Engine) => void>();
  #chosen: string | null;
  #attempts: Attempt[] = [];
  #connected: Connected | null = null;
  readonly #learned = new Map<string, Learned>();
  #stopWatching: () => void = () => {};
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #probeTimer: ReturnType<typeof setTimeout> | undefined;
  /** Grows with each search and at disposal: what an older one still does is void. */
  #round = 0;
  #disposed = false;

  constructor(options: EngineManagerOptions, parts: ManagerParts) {
    this.#options = options;
    this.#parts = parts;
    this.#chosen = options.chosen;
  }

  status(): EngineStatus {
    return this.#status.value;
  }

  watch(signal?: AbortSignal): AsyncIterable<EngineStatus> {
    return this.#status.watch(signal);
  }

  engine(): Engine {
    if (this.#connected) return this.#connected.engine;
    throw this.#unreachable();
  }

  capabilities(): Capabilities {
    if (this.#connected) return this.#connected.capabilities;
    throw this.#unreachable();
  }

  learn(address: string, learned: Learned): void {
    const before = this.#learned.get(address);
    this.#learned.set(address, {
      facts: { ...before?.facts, ...learned.facts },
      evidence: { ...before?.evidence, ...learned.evidence },
    });
    const connected = this.#connected;
    if (connected?.engine.address !== address) return;
    const capabilities = this.#withLearned(address, connected.capabilities);
    if (JSON.stringify(capabilities) === JSON.stringify(connected.capabilities)) return;
    connected.capabilities = capabilities;
    this.#status.set({ state: 'ready', attempt: connected.attempt, capabilities });
  }

  #withLearned(address: string, capabilities: Capabilities): Capabilities {
    const learned = this.#learned.get(address);
    if (!learned) return capabilities;
    return { ...capabilities, ...learned.facts, evidence: { ...capabilities.evidence, ...learned.evidence } };
  }

  attempts(): Attempt[] {
    return [...this.#attempts];
  }

  onLost(callback: () => void): () => void {
    this.#lost.add(callback);
    return () => void this.#lost.delete(callback);
  }

  onReady(callback: (engine: Engine) => void): () => void {
    this.#ready.add(callback);
    return () => void this.#ready.delete(callback);
  }

  start(): Promise<EngineStatus> {
    return this.#search(this.#options.allowPrivate);
  }

  async retry(options: { choose?: string | null; startPrivate?: boolean } = {}): Promise<EngineStatus> {
    if (options.choose !== undefined) {
      this.#chosen = options.choose;
      await this.#options.rememberChoice(options.choose);
    }
    return await this.#search(options.startPrivate ?? this.#options.allowPrivate, options.startPrivate === true);
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#round++;
    await this.#disconnect();
    await this.#parts.private.stop();
    this.#status.close();
  }

  async #search(allowPrivate: boolean, preferPrivate = false): Promise<EngineStatus> {
    const round = ++this.#round;
    await this.#disconnect();
    this.#status.set({ state: 'searching' });
    try {
      const wantsPrivate = preferPrivate || (allowPrivate && this.#chosen === PRIVATE_ID);
      if (wantsPrivate && (await this.#parts.private.available())) {
        const found = this.#parts.discover(null);
        void this.#keepAttempts(found, round);
        await this.#connectPrivate(round);
      } else {
        const found = this.#parts.discover(this.#chosen);
        const { best } = await found;
        if (best) {
          void this.#keepAttempts(found, round);
          await this.#connect(best.address, best.attempt, round);
        } else {
          await this.#keepAttempts(found, round);
          if (allowPrivate && (await this.#parts.private.available())) await this.#connectPrivate(round);
          else if (this.#current(round)) this.#none(this.#nobody());
        }
      }
    } catch (problem) {
      if (this.#current(round)) this.#none(toAppError(problem));
    }
    return this.status();
  }

  async #keepAttempts(found: Promise<Discovery>, round: number): Promise<void> {
    const own = await this.#parts.private.attempt();
    const all = [...(await (await found).attempts), own];
    if (this.#current(round)) this.#attempts = all;
  }

  #current(round: number): boolean {
    return round === this.#round && !this.#disposed;
  }

  async #connectPrivate(round: number): Promise<void> {
    const address = await this.#parts.private.start((step) => {
      if (this.#current(round)) this.#status.set({ state: 'starting', step });
    });
    const attempt = await this.#parts.private.attempt();
    this.#attempts = [...this.#attempts.filter(({ id }) => id !== attempt.id), attempt];
    await this.#connect(address, attempt, round);
  }

  async #connect(address: EngineAddress, attempt: Attempt, round: number): Promise<void> {
    const engine = this.#parts.connect(address);
    try {
      const capabilities = await this.#parts.quick(engine);
      if (!this.#current(round)) return await engine.dispose();
      const connected: Connected = { engine, attempt, address, capabilities };
      this.#connected = connected;
      this.#status.set({ state: 'ready', attempt, capabilities });
      this.#stopWatching = watchConnection(engine, (reason) => this.#onConnectionLost(connected, reason, round));
      this.#options.log.info('engine ready', { attempt: attempt.id, version: capabilities.version });
      for (const callback of this.#ready) callback(engine);
      void this.#probe(connected);
    } catch (problem) {
      await engine.dispose();
      throw problem;
    }
  }

  async #probe(connected: Connected): Promise<void> {
    const quick = connected.capabilities;
    try {
      const capabilities = await this.#parts.probe(connected.engine, quick);
      if (this.#connected !== connected) return;
      if (capabilities === quick) {
        // No image to try with yet; it may be built any moment.
        this.#probeTimer = setTimeout(() => void this.#probe(connected), PROBE_AGAIN);
        return;
      }
      connected.capabilities = this.#withLearned(connected.engine.address, capabilities);
      this.#status.set({ state: 'ready', attempt: connected.attempt, capabilities: connected.capabilities });
    } catch (problem) {
      if (this.#connected === connected)
        this.#options.log.warn('capability probes failed', { reason: toAppError(problem).message });
    }
  }

  #onConnectionLost(connected: Connected, reason: string, round: number): void {
    if (!this.#current(round) || this.#connected !== connected) return;
    this.#connected = null;
    clearTimeout(this.#probeTimer);
    void connected.engine.dispose();
    this.#options.log.warn('engine lost', { attempt: connected.attempt.id, reason });
    this.#scheduleReconnect(connected, reason, Date.now(), BACKOFF.first, round);
    for (const callback of this.#lost) callback();
  }

  #scheduleReconnect(gone: Connected, reason: string, since: number, wait: number, round: number): void {
    this.#status.set({ state: 'lost', attempt: gone.attempt, since, retryAt: Date.now() + wait, reason });
    this.#retryTimer = setTimeout(() => void this.#reconnect(gone, since, wait, round), wait);
  }

  async #reconnect(gone: Connected, since: number, wait: number, round: number): Promise<void> {
    try {
      const isOwn = gone.attempt.id === PRIVATE_ID;
      const address = isOwn ? await this.#parts.private.start(() => {}) : gone.address;
      await this.#connect(address, gone.attempt, round);
    } catch (problem) {
      if (!this.#current(round)) return;
      const error = toAppError(problem);
      this.#scheduleReconnect(gone, error.why ?? error.message, since, Math.min(wait * 2, BACKOFF.longest), round);
    }
  }

  async #disconnect(): Promise<void> {
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#probeTimer);
    this.#stopWatching();
    this.#stopWatching = () => {};
    const connected = this.#connected;
    this.#connected = null;
    await connected?.engine.dispose();
  }

  #none(error: AppError): void {
    this.#status.set({ state: 'none', attempts: this.attempts(), error: error.toData() });
  }

  #nobody(): AppError {
    return new AppError({
      code: 'engine-unreachable',
      message: 'No container engine was found.',
      why: 'Bellglass looked at the usual places and none of them could be used.',
      next: 'Install Docker or Podman (on Debian: `apt-get install docker.io`), or start the one you have; then search again.',
    });
  }

  #unreachable(): AppError {
    const status = this.status();
    switch (status.state) {
      case 'searching':
      case 'starting':
        return new AppError({
          code: 'engine-unreachable',
          message: 'The container engine is not ready yet.',
          why: status.state === 'starting' ? status.step : 'Bellglass is still looking for one.',
          next: 'Wait a moment and try again.',
        });
      case 'lost':
        return new AppError({
          code: 'engine-unreachable',
          message: 'The connection to the container engine is lost.',
          why: status.reason,
          next: 'Bellglass reconnects by itself; start the engine if it is stopped.',
        });
      case 'none':
        return new AppError({ ...status.error, code: 'engine-unreachable' });
      case 'ready':
        return this.#nobody();
    }
  }
}
