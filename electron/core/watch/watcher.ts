/** Watches one running sandbox: takes samples, holds them against the limits, and says what to do about it. */
import type { Disposable } from '#shared/lib/lifecycle.ts';
import { holdAgainstLimits, NOTHING_SAID, type LimitEvent, type PauseReason } from '#shared/policy/limit-watch.ts';
import type { EffectivePolicy } from '#shared/domain/policy.ts';
import type { Sample } from '#shared/domain/run.ts';
import type { Breach } from '#shared/domain/progress/verdict.ts';
import type { Counters } from './counters.ts';
import { toSample } from './rates.ts';
import type { CounterSource } from './source.ts';
import { tick } from './ticker.ts';

/** When a script goes on so long after a kill for memory, it was a child of it that was killed, ms: a busy machine tells its end late. */
const SURVIVED_MS = 500;

export interface WatchOptions {
  readonly source: CounterSource;
  readonly policy: EffectivePolicy;
  /** The reading before the script's first instruction, where there was one. */
  readonly begin: Counters | null;
  readonly now: () => number;
  /** Milliseconds of running, pauses not counted. */
  readonly wall: () => number;
  readonly paused: () => boolean;
  readonly outputSeen: () => number;
  readonly onSample: (sample: Sample) => void;
  readonly onEvent: (event: LimitEvent) => void;
  readonly onKill: (breach: Breach) => void;
  readonly onPause: (reason: PauseReason) => void;
}

export class Watcher implements Disposable {
  readonly #options: WatchOptions;
  readonly #stopTicking: () => void;
  #begin: Counters | null;
  #before: Counters | null;
  #last: Counters | null = null;
  #said = NOTHING_SAID;
  readonly #startedAt: number;
  /** How many kills which reading was the first to see. */
  readonly #kills: { readonly count: number; readonly at: number }[] = [];
  #stopped = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#begin = options.begin;
    this.#before = options.begin;
    this.#startedAt = options.now();
    this.#stopTicking = tick(options.source.everyMs, () => this.#tick());
  }

  /** Processes killed for memory since the script started, by the kernel's count. */
  get oomKills(): number {
    return (this.#last?.oomKills ?? 0) - (this.#begin?.oomKills ?? 0);
  }

  /**
   * One more reading at the script's end, while the counters are still there; then no more.
   * `killed` tells from the kernel's count whether the script's own first process was killed for memory: then that is the
   * violation, and only the other kills were children.
   */
  finish(killed: (oomKills: number) => boolean): void {
    if (this.#stopped) return;
    this.#tick(killed);
    this.dispose();
  }

  dispose(): void {
    this.#stopped = true;
    this.#stopTicking();
  }

  #tick(killed?: (oomKills: number) => boolean): void {
    const last = killed !== undefined;
    const { source, policy, now } = this.#options;
    const counters = source.latest();
    if (counters === null) return;
    this.#begin ??= counters;
    this.#before ??= counters;
    if (counters.at <= this.#before.at && this.#last !== null && !last) return;
    const slow = source.slow(last);
    const sample = toSample(this.#begin, this.#before, counters, slow, now() - this.#startedAt);
    this.#before = counters;
    this.#last = counters;
    if (!last || counters.at > this.#startedAt) this.#options.onSample(sample);
    const script = last && killed(this.oomKills) ? 1 : 0;
    if (this.oomKills > (this.#kills.at(-1)?.count ?? 0)) this.#kills.push({ count: this.oomKills, at: counters.at });
    const survived = this.#kills.findLast(({ at }) => counters.at - at >= SURVIVED_MS)?.count ?? 0;
    const children = last ? this.oomKills - script : survived;
    const result = holdAgainstLimits(
      policy,
      {
        sample,
        wall: this.#options.wall(),
        output: this.#options.outputSeen(),
        forksRefused: (counters.forksRefused ?? 0) - (this.#begin.forksRefused ?? 0),
        childrenKilled: children,
        scriptKilled: script === 1,
        noRoute: slow.noRoute ?? 0,
      },
      this.#said,
    );
    this.#said = result.said;
    for (const event of result.events) this.#options.onEvent(event);
    if (result.kill && !last) this.#options.onKill(result.kill);
    else if (result.pause && !last && !this.#options.paused()) this.#options.onPause(result.pause);
  }
}
