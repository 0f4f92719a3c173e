import { useSyncExternalStore } from 'react';
import { showDuration } from '#shared/lib/units.ts';
import { exact, relative } from './format.ts';

/** One clock for all that are renewed as often: a long list has no timer for each of its rows. */
class Clock {
  readonly #everyMs: number;
  readonly #heard = new Set<() => void>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #now = Date.now();

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  readonly follow = (tick: () => void): (() => void) => {
    this.#heard.add(tick);
    this.#timer ??= setInterval(() => {
      this.#now = Date.now();
      for (const one of this.#heard) one();
    }, this.#everyMs);
    return () => {
      this.#heard.delete(tick);
      if (this.#heard.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  };

  readonly now = (): number => {
    // Nobody looked at it for a while.
    if (this.#timer === undefined && Date.now() - this.#now >= this.#everyMs) this.#now = Date.now();
    return this.#now;
  };
}

const clocks = new Map<number, Clock>();
const still = (): (() => void) => () => {};

function clockOf(everyMs: number): Clock {
  const clock = clocks.get(everyMs) ?? new Clock(everyMs);
  clocks.set(everyMs, clock);
  return clock;
}

/** Epoch milliseconds, renewed every `everyMs` while `ticking`; older by that at most. */
export function useNow(everyMs: number, ticking = true): number {
  const clock = clockOf(everyMs);
  return useSyncExternalStore(ticking ? clock.follow : still, clock.now);
}

/** A moment as `4 min ago`, exact on hover. */
export function Ago({ at }: { at: number }) {
  const now = useNow(10_000);
  return (
    <time dateTime={new Date(at).toISOString()} title={exact(at)}>
      {relative(at, Math.max(now, at))}
    </time>
  );
}

/** Time since `from` until `to`; ticks while `to` is null. */
export function Elapsed({ from, to }: { from: number; to: number | null }) {
  const now = useNow(1_000, to === null);
  const ms = Math.max(0, (to ?? now) - from);
  return <>{to === null ? showDuration(Math.max(1_000, Math.floor(ms / 1_000) * 1_000)) : showDuration(ms)}</>;
}
