/** How much each token may start: runs at once and runs per minute (HOST-3). */
import type { Token } from '#shared/domain/token.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { refusal } from './answers.ts';

const MINUTE_MS = 60_000;

interface Used {
  going: number;
  /** When the latest runs began, monotonic milliseconds, oldest first. */
  began: number[];
}

/** What something takes of a quota. */
export interface Wanted {
  /** Runs that could go on side by side. */
  readonly atOnce: number;
  readonly runs: number;
}

const ONE: Wanted = { atOnce: 1, runs: 1 };

function neverFits(when: string, wanted: number, quota: number | null): void {
  if (quota === null || wanted <= quota) return;
  throw new AppError({
    code: 'plan-refused',
    message: `This workflow could have ${wanted} runs ${when}.`,
    why: `The quota of the token is ${quota}.`,
    next: 'Let its steps need each other, split it, or have the quota of the token raised in `tokens.yaml`.',
  });
}

export class Quotas {
  readonly #used = new Map<string, Used>();
  readonly #now: () => number;

  /** `now`: monotonic milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Counts what begins; the result is called when it has ended, with true if it never began. Throws the refusal `quota`,
   * and AppError `plan-refused` for more than the quota ever allows.
   */
  take({ name, quota }: Token, { atOnce, runs }: Wanted = ONE): (neverBegan?: boolean) => void {
    const used = this.#used.get(name) ?? { going: 0, began: [] };
    this.#used.set(name, used);
    const now = this.#now();
    used.began = used.began.filter((at) => at > now - MINUTE_MS);
    neverFits('at once', atOnce, quota.runs);
    neverFits('a minute', runs, quota.perMinute);
    const next = 'Wait, or have the quota of the token raised in `tokens.yaml`.';
    if (quota.runs !== null && used.going + atOnce > quota.runs)
      throw refusal(
        'quota',
        `${used.going} of the ${quota.runs} runs at once of this token are going.`,
        'That is its quota.',
        next,
        {
          'Retry-After': '1',
        },
      );
    if (quota.perMinute !== null && used.began.length + runs > quota.perMinute) {
      const free = used.began[used.began.length + runs - quota.perMinute - 1] ?? now;
      const seconds = Math.max(1, Math.ceil((free + MINUTE_MS - now) / 1000));
      throw refusal(
        'quota',
        `This token began ${used.began.length} runs in the last minute.`,
        `Its quota is ${quota.perMinute}.`,
        next,
        {
          'Retry-After': String(seconds),
        },
      );
    }
    used.going += atOnce;
    used.began.push(...Array.from({ length: runs }, () => now));
    let ended = false;
    return (neverBegan = false) => {
      if (ended) return;
      ended = true;
      used.going -= atOnce;
      const at = used.began.indexOf(now);
      if (neverBegan && at >= 0) used.began.splice(at, runs);
    };
  }
}
