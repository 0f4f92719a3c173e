/** The runs that fit a filter: those at hand at once, older ones page by page from the history. */
import { useEffect, useMemo, useRef, useState } from 'react';
import type { RunSummary } from '#shared/domain/run.ts';
import { parseFilter, type Filter, type FilterProblem } from '#shared/history/filter.ts';
import { matches } from '#shared/history/matches.ts';
import { toErrorData } from '../../rpc/client.ts';
import { useClient } from '../../state/client.tsx';
import type { ShownError } from '../../ui/error-card.tsx';
import { newestFirst } from '../../state/runs.ts';

/** Lines that are asked for at once. */
const PAGE = 200;

export interface Found {
  readonly runs: readonly RunSummary[];
  readonly problems: readonly FilterProblem[];
  readonly error: ShownError | null;
  /** Older ones are on their way. */
  readonly loading: boolean;
  /** Asks for the next older page, unless there is none or one is on its way. */
  readonly more: () => void;
}

interface Older {
  readonly filter: string;
  readonly runs: readonly RunSummary[];
  /** There is nothing older. */
  readonly whole: boolean;
}

/** What is at hand wins over what the history knew of the same run; newest first. */
export function merge(live: readonly RunSummary[], older: readonly RunSummary[]): RunSummary[] {
  const all = new Map(older.map((run) => [run.id, run]));
  for (const run of live) all.set(run.id, run);
  return [...all.values()].toSorted(newestFirst);
}

function thatFit(runs: readonly RunSummary[], filter: Filter): RunSummary[] {
  const now = Date.now();
  return runs.filter((run) => matches(run, filter, now));
}

export function useFound(live: readonly RunSummary[], text: string): Found {
  const client = useClient();
  const filter = useMemo(() => parseFilter(text), [text]);
  const [older, setOlder] = useState<Older>({ filter: '', runs: [], whole: false });
  const [error, setError] = useState<ShownError | null>(null);
  const [loading, setLoading] = useState(false);
  const asked = useRef('');
  const current = older.filter === text ? older : { filter: text, runs: [], whole: false };
  const runs = useMemo(() => {
    const fitting = filter.terms.length === 0 ? live : thatFit(live, filter);
    const known = new Set(live.map((run) => run.id));
    // A text that only script or output hold is found by the history, also for runs at hand.
    const byText = filter.terms.some((term) => term.kind === 'text');
    return merge(fitting, byText ? current.runs : current.runs.filter((run) => !known.has(run.id)));
  }, [live, filter, current.runs]);

  const ask = (before: RunSummary | undefined): void => {
    const request = `${text}\n${before?.id ?? ''}`;
    if (asked.current === request || filter.problems.length > 0) return;
    asked.current = request;
    setLoading(true);
    client.history
      .page({ filter: text, limit: PAGE, ...(before && { before: before.id }) })
      .then((page) => {
        if (asked.current !== request) return;
        setError(null);
        setOlder((now) => ({
          filter: text,
          runs: before === undefined ? page.runs : [...(now.filter === text ? now.runs : []), ...page.runs],
          whole: page.runs.length < PAGE,
        }));
      })
      .catch((thrown: unknown) => {
        if (asked.current !== request) return;
        // The same page may be asked for again.
        asked.current = '';
        setError(toErrorData(thrown));
      })
      .finally(() => {
        // A later question is still on its way.
        if (asked.current === request || asked.current === '') setLoading(false);
      });
  };
  const latest = useRef(ask);
  useEffect(() => {
    latest.current = ask;
  });
  useEffect(() => {
    if (text !== '') latest.current(undefined);
  }, [text]);

  return {
    runs,
    problems: filter.problems,
    error,
    loading,
    more: () => {
      if (!current.whole && !loading) ask(current.runs.at(-1) ?? live.at(-1));
    },
  };
}
