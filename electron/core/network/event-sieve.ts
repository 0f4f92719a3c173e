/** Thins out what a flood would write: the first of each kind at once, then one a second with an exact count (NET-3). */
import type { NetworkEvent } from '#shared/domain/network.ts';

/** Events that are told one by one before the rest of their kind is counted together. */
const FIRST = 10;
/** Different events that are told one by one in a whole run; beyond, those that differ in host only share one line. */
const DISTINCT_MAX = 1000;
const EVERY_MS = 1000;

interface Kept {
  seen: number;
  held: NetworkEvent | null;
}

export class EventSieve {
  readonly #emit: (event: NetworkEvent) => void;
  readonly #kinds = new Map<string, Kept>();
  readonly #held = new Set<Kept>();
  readonly #timer: NodeJS.Timeout;

  constructor(emit: (event: NetworkEvent) => void) {
    this.#emit = emit;
    this.#timer = setInterval(() => this.flush(), EVERY_MS);
    this.#timer.unref();
  }

  add(given: NetworkEvent): void {
    const full = this.#kinds.size >= DISTINCT_MAX && !this.#kinds.has(keyOf(given));
    const event = full ? { ...given, name: null, address: null, port: null } : given;
    const key = keyOf(event);
    const kept = this.#kinds.get(key) ?? { seen: 0, held: null };
    this.#kinds.set(key, kept);
    kept.seen += 1;
    if (kept.seen <= FIRST && !full) {
      this.#emit(event);
      return;
    }
    kept.held = kept.held === null ? event : merged(kept.held, event);
    this.#held.add(kept);
  }

  /** Tells what is held back. */
  flush(): void {
    for (const kept of this.#held) {
      if (kept.held) this.#emit(kept.held);
      kept.held = null;
    }
    this.#held.clear();
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.flush();
  }
}

function keyOf({ kind, name, address, port, protocol, verdict, rule }: NetworkEvent): string {
  return [kind, name ?? address, port, protocol, verdict, rule].join(' ');
}

function merged(a: NetworkEvent, b: NetworkEvent): NetworkEvent {
  const sum = (x: number | undefined, y: number | undefined): number | undefined =>
    x === undefined && y === undefined ? undefined : (x ?? 0) + (y ?? 0);
  const same = a.process?.pid === b.process?.pid && a.process?.name === b.process?.name;
  return {
    ...b,
    process: same ? b.process : undefined,
    count: a.count + b.count,
    bytesIn: sum(a.bytesIn, b.bytesIn),
    bytesOut: sum(a.bytesOut, b.bytesOut),
    duration: sum(a.duration, b.duration),
  };
}
