/** What the engine manager is given and what it offers. */
import type { Attempt, Capabilities, EngineStatus } from '#shared/domain/engine.ts';
import type { Log } from '../storage/log.ts';
import type { Paths } from '../storage/paths.ts';
import type { Engine } from './port.ts';

export interface EngineManagerOptions {
  readonly paths: Paths;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  /** Id of the attempt that the person chose earlier; null when Bellglass decides. */
  readonly chosen: string | null;
  /** Keeps the person's choice for the next start; null forgets it. */
  readonly rememberChoice: (id: string | null) => Promise<void>;
  /** Whether a private engine may be started when none answers (ENG-4). */
  readonly allowPrivate: boolean;
  /** Something on the private engine at this address must outlive every app. */
  readonly needed?: (address: string) => boolean;
}

/** Capabilities of the network, and in one line each how they were learned. */
export interface Learned {
  readonly facts: Partial<Pick<Capabilities, 'nftables' | 'nflog' | 'rateShaping' | 'connectionTracking' | 'ipv6'>>;
  readonly evidence: Readonly<Record<string, string>>;
}

export interface EngineManager {
  status(): EngineStatus;
  /** The present status at once, then every change, until the signal aborts or the manager is disposed. */
  watch(signal?: AbortSignal): AsyncIterable<EngineStatus>;
  /** The connected engine; throws AppError `engine-unreachable` that says how to get one. */
  engine(): Engine;
  /** What the connected engine does; throws like {@link engine}. */
  capabilities(): Capabilities;
  /** What was found out by doing, later than the probes; for the engine at this address only. */
  learn(address: string, learned: Learned): void;
  /** Every place that was looked at, in order, of the last search. */
  attempts(): Attempt[];
  /** Searches and connects; resolves with the outcome, never rejects. */
  start(): Promise<EngineStatus>;
  /** Searches again. `choose` takes one engine by its attempt's id and remembers it (null: decide for me). */
  retry(options?: { choose?: string | null; startPrivate?: boolean }): Promise<EngineStatus>;
  /** Called when the engine stops answering; returns the way to unsubscribe. */
  onLost(callback: () => void): () => void;
  /** Called each time an engine becomes usable, the first time included. */
  onReady(callback: (engine: Engine) => void): () => void;
  /** Lets go of the engine and stops a private one that nobody else uses. */
  dispose(): Promise<void>;
}
