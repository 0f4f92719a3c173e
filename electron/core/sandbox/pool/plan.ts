/** How many sandboxes should wait, and what to do about it now (RUN-11). Pure. */
import type { Booted } from '../boot.ts';

/** After this long without a use a shelf counts half, ms. */
const HALF_LIFE_MS = 5 * 60_000;
/** Below this many uses (faded) per sandbox, one is not worth its memory. */
const LEAST_WEIGHT = 0.5;
/** What is about to be run, as the launch sheet sees it, counts less than what was. */
export const EXPECTED_WEIGHT = 0.75;
const MIB = 1024 * 1024;
/** One waiting sandbox with its engine's helper: 13 MB of shim, up to 4 MB of its own (measured), and some to spare. */
export const BYTES_EACH = 20 * MIB;
/** The same with an interpreter that has started (measured: 5 to 8 MB of Python, 26 to 50 MB of Node.js, less when several share its pages). */
const BYTES_BOOTED: Readonly<Record<Booted['interpreter'], number>> = { python: 24 * MIB, node: 64 * MIB };

/** What one waiting sandbox is reckoned to take, bytes. */
export function bytesOf(booted: Booted | null): number {
  return booted === null ? BYTES_EACH : BYTES_BOOTED[booted.interpreter];
}
/** Of the memory that is free, the pool takes no more than this share. */
const FREE_SHARE = 1 / 4;

/** What is left of a weight after some time without a use, ms; a clock that went back fades nothing. */
export function faded(weight: number, elapsedMs: number): number {
  return weight * 2 ** (-Math.max(0, elapsedMs) / HALF_LIFE_MS);
}

/** Bytes that the pool may take; `free` null where the engine's machine is another one. */
export function budget(setting: number, free: number | null): number {
  return free === null ? setting : Math.max(0, Math.min(setting, free * FREE_SHARE));
}

/** How often a shelf was used, faded, and what one of it takes, bytes. */
export interface Use {
  readonly weight: number;
  readonly bytes: number;
}

/**
 * How many of each should wait: first one of each shelf, the most used first; then each further one of a shelf counts
 * less, so that what is used all the time leaves room for the others.
 */
export function sizes(uses: ReadonlyMap<string, Use>, bytes: number): Map<string, number> {
  const given = new Map<string, number>([...uses.keys()].map((key) => [key, 0]));
  const has = (key: string): number => given.get(key) ?? 0;
  const cost = (key: string): number => uses.get(key)?.bytes ?? 0;
  const worth = (key: string): number => (uses.get(key)?.weight ?? 0) / (has(key) + 1);
  for (let left = bytes; ;) {
    const best = [...uses.keys()]
      .filter((key) => cost(key) <= left && worth(key) > LEAST_WEIGHT)
      .toSorted((a, b) => Math.min(1, has(a)) - Math.min(1, has(b)) || worth(b) - worth(a) || (a < b ? -1 : 1))[0];
    if (best === undefined) break;
    given.set(best, has(best) + 1);
    left -= cost(best);
  }
  return given;
}

export interface Shelf {
  readonly key: string;
  readonly wanted: number;
  readonly waiting: number;
  /** Being made now. */
  readonly making: number;
}

export interface Moment {
  /** How many may be made at once: more than the core count only adds latency (findings). */
  readonly cores: number;
  /** A run is being started, or was a moment ago: nothing is made beside it. */
  readonly busy: boolean;
}

export interface Step {
  /** Keys, one for each sandbox to begin now. */
  readonly make: readonly string[];
  /** How many of a shelf to take away. */
  readonly drop: ReadonlyMap<string, number>;
}

/** What to begin and what to take away now; shelves that have least of what they want come first. */
export function nextStep(shelves: readonly Shelf[], { cores, busy }: Moment): Step {
  const drop = new Map<string, number>();
  for (const { key, wanted, waiting } of shelves) if (waiting > wanted) drop.set(key, waiting - wanted);
  if (busy) return { make: [], drop };
  const making = shelves.reduce((sum, shelf) => sum + shelf.making, 0);
  const lacking = shelves
    .flatMap(({ key, wanted, waiting, making: begun }) =>
      Array.from({ length: Math.max(0, wanted - waiting - begun) }, (_, i) => ({ key, rank: waiting + begun + i })),
    )
    .toSorted((a, b) => a.rank - b.rank);
  return { make: lacking.slice(0, Math.max(0, cores - making)).map(({ key }) => key), drop };
}
