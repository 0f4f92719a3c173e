/** How many runs of the whole history fit: counted here while all of them are at hand, else by the history. */
import { useEffect, useMemo, useRef, useState } from 'react';
import type { RunSummary } from '#shared/domain/run.ts';
import { parseFilter } from '#shared/history/filter.ts';
import { matches } from '#shared/history/matches.ts';
import { useClient } from '../../state/client.tsx';
import { going, useRuns } from '../../state/runs.ts';

/** `more`: counting stopped there. */
export interface Tally {
  readonly count: number;
  readonly more: boolean;
}

/** Counting goes through the history, so it waits until runs have rested for so long, ms. */
const RESTED_MS = 1000;

/** `12`, `10,000+`. */
export const showTally = ({ count, more }: Tally): string => `${count.toLocaleString('en')}${more ? '+' : ''}`;

function tallyHere(runs: readonly RunSummary[], text: string): Tally {
  const filter = parseFilter(text);
  const now = Date.now();
  return { count: runs.filter((run) => matches(run, filter, now)).length, more: false };
}

/**
 * Per filter how many runs fit. `live`: the runs at hand. Filters must have no mistake, and stay the same array while they
 * are the same. One that is not counted yet has none.
 */
export function useTallies(live: readonly RunSummary[], filters: readonly string[]): ReadonlyMap<string, Tally> {
  const client = useClient();
  const older = useRuns((state) => state.older);
  const here = useMemo(
    () => (older > 0 ? null : new Map(filters.map((filter) => [filter, tallyHere(live, filter)]))),
    [live, filters, older],
  );
  const [there, setThere] = useState<ReadonlyMap<string, Tally>>(new Map());
  const counted = useRef<readonly string[]>([]);
  // What goes on is in no count but its own; a run that ended, came or went is in several.
  const ended = useMemo(() => live.reduce((sum, run) => sum + (going(run) ? 0 : 1), 0), [live]);
  useEffect(() => {
    if (older === 0 || filters.length === 0) return undefined;
    let wanted = true;
    const count = async (): Promise<void> => {
      const tallies = await Promise.all(
        filters.map(async (filter) => [filter, await client.history.count({ filter })] as const),
      );
      if (wanted) setThere((before) => new Map([...before, ...tallies]));
    };
    // Without an answer there is no number; the list says what is wrong with the history.
    const timer = setTimeout(() => void count().catch(() => {}), counted.current === filters ? RESTED_MS : 0);
    counted.current = filters;
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [client, filters, older, ended, live.length]);
  return here ?? there;
}
