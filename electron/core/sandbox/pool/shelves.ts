/** What waits, by what it can serve, and how much of each should (RUN-11). */
import type { PoolStatus } from '#shared/contract/pool.ts';
import type { Engine } from '../../engine/port.ts';
import type { CounterReader } from '../../watch/host-reader.ts';
import type { Sandbox } from '../sandbox.ts';
import { poolKey, type SandboxWish } from './key.ts';
import { bytesOf, EXPECTED_WEIGHT, faded, sizes } from './plan.ts';

/** A shelf whose uses have faded to this is forgotten. */
const FORGOTTEN = 0.05;

export interface Waiting {
  readonly sandbox: Sandbox;
  readonly engine: Engine;
  readonly ticket: string;
  readonly since: number;
  readonly counters: CounterReader | null;
}

export interface Shelf {
  wish: SandboxWish;
  weight: number;
  at: number;
  /** Nothing has run in it yet: only planned. */
  expected: boolean;
  waiting: Waiting[];
  making: number;
}

export class Shelves {
  /** Monotonic milliseconds. */
  readonly #now: () => number;
  readonly #all = new Map<string, Shelf>();

  constructor(now: () => number) {
    this.#now = now;
  }

  get size(): number {
    return this.#all.size;
  }

  get(key: string): Shelf | undefined {
    return this.#all.get(key);
  }

  entries(): [string, Shelf][] {
    return [...this.#all];
  }

  /** A run asks for one. */
  use(wish: SandboxWish): Shelf {
    const shelf = this.#of(poolKey(wish), wish);
    shelf.weight += 1;
    shelf.expected = false;
    return shelf;
  }

  /** Somebody is about to. Only the last plan counts; what was planned before and never run is not. */
  expect(wish: SandboxWish): void {
    const key = poolKey(wish);
    for (const [other, shelf] of this.#all) if (other !== key && shelf.expected) shelf.weight = 0;
    const shelf = this.#of(key, wish);
    shelf.weight = Math.max(shelf.weight, EXPECTED_WEIGHT);
  }

  /** The last wish is the template: the next run is likely to have the same limits. */
  #of(key: string, wish: SandboxWish): Shelf {
    const at = this.#now();
    const shelf = this.#all.get(key) ?? { wish, weight: 0, at, expected: true, waiting: [], making: 0 };
    shelf.weight = faded(shelf.weight, at - shelf.at);
    shelf.at = at;
    shelf.wish = wish;
    this.#all.set(key, shelf);
    return shelf;
  }

  /** What those that wait under this name of an image were made from; null when none waits. */
  imageOf(reference: string): string | null {
    for (const { wish, waiting } of this.#all.values())
      if (wish.reference === reference && waiting.length > 0) return wish.imageId;
    return null;
  }

  references(): Set<string> {
    return new Set([...this.#all.values()].map(({ wish }) => wish.reference));
  }

  /** Takes down the shelves of every other image of this name; returns what waited there. */
  dropOtherImages({ reference, imageId }: Pick<SandboxWish, 'reference' | 'imageId'>): Waiting[] {
    const dropped: Waiting[] = [];
    for (const [key, { wish, waiting }] of this.#all) {
      if (wish.reference !== reference || wish.imageId === imageId) continue;
      dropped.push(...waiting.splice(0));
      this.#all.delete(key);
    }
    return dropped;
  }

  /** Empties all shelves; returns what waited. */
  clear(): Waiting[] {
    return [...this.#all.values()].flatMap(({ waiting }) => waiting.splice(0));
  }

  /** Takes down shelves that nobody has asked for in a long time. */
  forget(): void {
    const now = this.#now();
    for (const [key, { waiting, making, weight, at }] of this.#all)
      if (waiting.length + making === 0 && faded(weight, now - at) < FORGOTTEN) this.#all.delete(key);
  }

  /** How many of each should wait, within so many bytes. */
  wanted(bytes: number): Map<string, number> {
    const now = this.#now();
    const uses = this.entries().map(([key, { weight, at, wish }]): [string, { weight: number; bytes: number }] => [
      key,
      { weight: faded(weight, now - at), bytes: bytesOf(wish.booted) },
    ]);
    return sizes(new Map(uses), bytes);
  }

  /** Bytes that what waits or is being made is reckoned to take. */
  memory(): number {
    return this.entries().reduce(
      (sum, [, { wish, waiting, making }]) => sum + (waiting.length + making) * bytesOf(wish.booted),
      0,
    );
  }

  status(wanted: ReadonlyMap<string, number>): PoolStatus['sizes'] {
    return this.entries().map(([key, { wish, waiting, making }]) => ({
      image: wish.reference,
      runtime: wish.options.runtime,
      booted: wish.booted !== null,
      memory: wish.options.memory,
      waiting: waiting.length,
      making,
      wanted: wanted.get(key) ?? 0,
    }));
  }
}
