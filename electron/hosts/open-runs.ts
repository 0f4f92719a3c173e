/** What a quit would end, and what it would leave in the queue (RUN-14, RUN-8). */
import type { Core } from '#core/core.ts';

export interface OpenRuns {
  /** They end with Bellglass. */
  readonly going: number;
  /** They stay in the queue for the next start. */
  readonly waiting: readonly string[];
  /** Those among them that wait for a person: nothing happens to them by itself. */
  readonly held: number;
}

export function openRuns({ runs }: Pick<Core, 'runs'>): OpenRuns {
  const open = runs.list().filter((run) => run.state !== 'finished');
  const waiting = open.filter((run) => run.state === 'queued');
  return {
    going: open.length - waiting.length,
    waiting: waiting.map(({ id }) => id),
    held: waiting.filter((run) => run.secretsWanted !== undefined).length,
  };
}

/** `1 run is`, `2 runs are`: for a sentence about so many. */
export function runsAre(count: number): string {
  return count === 1 ? '1 run is' : `${count} runs are`;
}
