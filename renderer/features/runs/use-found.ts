/** The runs that fit a filter: those at hand at once, older ones page by page from the history. */
import { useEffect, useMemo, useRef, useState } from 'react';
import type { RunSummary } from '#shared/domain/run.ts';
import { parseFilter, type Filter, type FilterProblem } from '#shared/history/filter.ts';
import { matches } from '#shared/history/matches.ts';
import { toErrorData } from '../../rpc/client.ts';
import { useClient } from '../../state/client.tsx';
import type { ShownError } from '../../ui/error-card.tsx';
import { newestFirst, useRuns } from '../../state/runs.ts';

/** Lines that are asked for at once. */
const PAGE = 200;

export interface Found {
  readonly runs: readonly RunSummary[];
  readonly problems: readonly FilterProblem[];
  readonly error: ShownError | null;
  /** Older ones are on their way. */
  readonly loading: boolean;
  /** There are no others that fit. */
  readonly whole: boolean;
  /** Asks for the next older page, unless there is none or one is on its way. */
  readonly more: () => void;
}

interface Older {
  readonly filter: string;
  readonly runs: readonly RunSummary[];
  /** There is nothing older. */
  readonly whole: boolean;
}

/** The last answer: who comes back to the list finds as much of it as before. */
let lastAnswer: Older | null = null;

const NOTHING: Older = { filter: '', runs: [], whole: false };

/** What is at hand wins over what the history knew of the same run; newest first. */
export function merge(live: readonly RunSummary[], older: readonly RunSummary[]): RunSummary[] {
  const all = new Map(older.map((run) => [run.id, run]));
  for (const run of live) all.set(run.id, run);
  return [...all.values()].toSorted(newestFirst);
}

/**
 * What the history answered, as it is now: a run at hand in its present state, without those that were removed, and
 * without those that were marked and no longer fit.
 */
export function asOfNow(
  answered: readonly RunSummary[],
  live: ReadonlyMap<string, RunSummary>,
  changes: ReadonlyMap<string, RunSummary | null>,
  fit: (run: RunSummary) => boolean,
): RunSummary[] {
  return answered.flatMap((run) => {
    const known = live.get(run.id);
    if (known !== undefined) return [known];
    const change = changes.get(run.id);
    if (change === undefined) return [run];
    return change !== null && fit(change) ? [change] : [];
  });
}

/** What is known after a page came: older runs go below, the first page anew goes above what was known. */
export function withPage(
  known: readonly RunSummary[],
  first: boolean,
  page: readonly RunSummary[],
): Pick<Older, 'runs' | 'whole'> {
  if (!first) return { runs: [...known, ...page], whole: page.length < PAGE };
  const again = new Set(page.map(({ id }) => id));
  const below = known.filter(({ id }) => !again.has(id));
  return { runs: [...page, ...below], whole: page.length < PAGE };
}

function thatFit(runs: readonly RunSummary[], filter: Filter): RunSummary[] {
  const now = Date.now();
  return runs.filter((run) => matches(run, filter, now));
}

export function useFound(live: readonly RunSummary[], text: string): Found {
  const client = useClient();
  const filter = useMemo(() => parseFilter(text), [text]);
  const [older, setOlder] = useState<Older>(() => (lastAnswer?.filter === text ? lastAnswer : NOTHING));
  const [failure, setFailure] = useState<{ readonly filter: string; readonly error: ShownError } | null>(null);
  const [loading, setLoading] = useState(false);
  const asked = useRef('');
  const changes = useRuns((state) => state.changes);
  const beyond = useRuns((state) => state.older);
  const answered = older.filter === text;
  const current = answered ? older : NOTHING;
  const whole = current.whole || (text === '' && beyond === 0);
  const error = failure?.filter === text ? failure.error : null;
  const { runs, last } = useMemo(() => {
    const fitting = filter.terms.length === 0 ? live : thatFit(live, filter);
    const known = new Map(live.map((run) => [run.id, run]));
    // A text that only script or output hold is found by the history, also for runs at hand.
    const byText = filter.terms.some((term) => term.kind === 'text');
    const now = asOfNow(current.runs, known, changes, (run) => byText || thatFit([run], filter).length > 0);
    const others = byText ? now : now.filter((run) => !known.has(run.id));
    // The next page begins below a line that is still there.
    const below = current.runs.findLast((run) => changes.get(run.id) !== null);
    return { runs: merge(fitting, others), last: below };
  }, [live, filter, current.runs, changes]);

  const ask = (before: RunSummary | undefined): void => {
    const request = `${text}\n${before?.id ?? ''}`;
    if (asked.current === request || filter.problems.length > 0) return;
    asked.current = request;
    setLoading(true);
    client.history
      .page({ filter: text, limit: PAGE, ...(before && { before: before.id }) })
      .then((page) => {
        if (asked.current !== request) return;
        asked.current = '';
        setFailure(null);
        setOlder((now) => ({
          filter: text,
          ...withPage(now.filter === text ? now.runs : [], before === undefined, page.runs),
        }));
      })
      .catch((thrown: unknown) => {
        if (asked.current !== request) return;
        // The same page may be asked for again.
        asked.current = '';
        setFailure({ filter: text, error: toErrorData(thrown) });
      })
      .finally(() => {
        // Else a later question is still on its way.
        if (asked.current === '') setLoading(false);
      });
  };
  useEffect(() => {
    lastAnswer = older;
  }, [older]);
  const latest = useRef(ask);
  useEffect(() => {
    latest.current = ask;
  });
  useEffect(() => {
    if (text !== '') latest.current(undefined);
  }, [text]);
  const gone = answered && text !== '' && last === undefined && !whole && error === null;
  useEffect(() => {
    // Every run of the page was removed, but others may fit.
    if (gone && !loading) latest.current(undefined);
  }, [gone, loading]);

  const unasked = text !== '' && !answered && error === null && filter.problems.length === 0;
  return {
    runs,
    problems: filter.problems,
    error,
    loading: loading || unasked,
    whole,
    more: () => {
      if (!whole && !loading) ask(last ?? (text === '' ? live.at(-1) : undefined));
    },
  };
}
