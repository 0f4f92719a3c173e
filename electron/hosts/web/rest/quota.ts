/** How much each token may start: runs at once and runs per minute (HOST-3). */
import type { Token } from '#shared/domain/token.ts';
import { refusal } from './answers.ts';

const MINUTE_MS = 60_000;

interface Used {
  going: number;
  /** When the latest runs began, monotonic milliseconds, oldest first. */
  began: number[];
}

export class Quotas {
  readonly #used = new Map<string, Used>();
  readonly #now: () => number;

  /** `now`: monotonic milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts one more run; the result is called when it has ended, with true if it never began. Throws the refusal `quota`. */
  take({ name, quota }: Token): (neverBegan?: boolean) => void {
    const used = this.#used.get(name) ?? { going: 0, began: [] };
    this.#used.set(name, used);
    const now = this.#now();
    used.began = used.began.filter((at) => at > now - MINUTE_MS);
    const next = 'Wait, or have the quota of the token raised in `tokens.yaml`.';
    if (quota.runs !== null && used.going >= quota.runs)
      throw refusal('quota', `The ${quota.runs} runs at once of this token are going.`, 'That is its quota.', next, {
        'Retry-After': '1',
      });
    if (quota.perMinute !== null && used.began.length >= quota.perMinute) {
      const seconds = Math.max(1, Math.ceil(((used.began[0] ?? now) + MINUTE_MS - now) / 1000));
      throw refusal(
        'quota',
        `This token began ${quota.perMinute} runs in the last minute.`,
        'That is its quota.',
        next,
        {
          'Retry-After': String(seconds),
        },
      );
    }
    used.going += 1;
    used.began.push(now);
    let ended = false;
    return (neverBegan = false) => {
      if (ended) return;
      ended = true;
      used.going -= 1;
      const at = used.began.indexOf(now);
      if (neverBegan && at >= 0) used.began.splice(at, 1);
    };
  }
}
