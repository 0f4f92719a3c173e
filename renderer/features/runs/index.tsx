/** Home: launch strip and the list of runs (UX-1, UX-2). */
import { Filter } from 'lucide-react';
import { useShallow } from 'zustand/react/shallow';
import { useDeferredValue, useMemo, useRef, useState, type ReactNode } from 'react';
import { MARK_LIMITS } from '#shared/contract/history.ts';
import type { RunSummary } from '#shared/domain/run.ts';
import { showBytes } from '#shared/lib/units.ts';
import { count } from '../../show/format.ts';
import { useCommands } from '../../state/commands.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorCard } from '../../ui/error-card.tsx';
import type { Left } from '../../ui/tables/grid.tsx';
import { Empty, Skeleton } from '../../ui/states.tsx';
import type { RunRow } from './columns.tsx';
import { CHIP_TERMS, FilterBar } from './filter-bar.tsx';
import { FirstRun } from './first-run.tsx';
import { LaunchStrip, type LaunchWays } from './launch-strip.tsx';
import { RunList } from './list.tsx';
import { SelectionBar, type Selection } from './selection.tsx';
import { useRouteFilter } from '../../state/route-filter.ts';
import { going, useRuns } from '../../state/runs.ts';
import { useFound } from './use-found.ts';
import { showTally, useTallies, type Tally } from './use-tallies.ts';

/** `filter` is the route's: what the list begins with. */
export function RunsView({
  filter,
  ways,
  busy,
  lead,
  queue,
  onTrySample,
}: {
  filter: string;
  ways: LaunchWays;
  busy: boolean;
  /** Stands before the filter. */
  lead: ReactNode;
  /** Stands above the list while some wait. */
  queue: ReactNode;
  onTrySample: () => Promise<unknown>;
}) {
  const runs = useRuns((state) => state.runs);
  return (
    // A window too low for strip and list together, as at 200 %, scrolls as a whole.
    <div className="flex h-full flex-col overflow-y-auto">
      <div className="shrink-0 p-4">
        <LaunchStrip ways={ways} busy={busy} />
      </div>
      {queue}
      {runs === null ? (
        <Waiting />
      ) : runs.length === 0 ? (
        <div className="min-h-0 flex-1 overflow-auto">
          <FirstRun onTrySample={onTrySample} onOpenFile={ways.onOpenFile} />
        </div>
      ) : (
        <Listed runs={runs} given={filter} lead={lead} />
      )}
    </div>
  );
}

function Listed({ runs, given, lead }: { runs: readonly RunSummary[]; given: string; lead: ReactNode }) {
  const [text, setText] = useRouteFilter('runs', given);
  const input = useRef<HTMLInputElement>(null);
  const wanted = useDeferredValue(text);
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const selection: Selection = {
    ids,
    toggle: (id) => setIds(ids.has(id) ? new Set([...ids].filter((one) => one !== id)) : new Set([...ids, id])),
    add: (more) => setIds(new Set([...ids, ...more].slice(0, MARK_LIMITS.ids))),
    clear: () => setIds(new Set()),
  };
  const found = useFound(runs, wanted.trim());
  const { queue, older } = useRuns(useShallow((state) => ({ queue: state.queue, older: state.older })));
  // What is not all here is counted by the history.
  const beyond = older > 0 && !found.whole && found.problems.length === 0 ? wanted.trim() : '';
  const filters = useMemo(() => [...CHIP_TERMS, ...(beyond === '' ? [] : [beyond])], [beyond]);
  const tallies = useTallies(runs, filters);
  const all = runs.length + older;
  const shown = useMemo(() => withPlaces(found.runs, queue), [found.runs, queue]);
  const chosen = useMemo(() => (ids.size === 0 ? [] : shown.filter(({ id }) => ids.has(id))), [shown, ids]);
  useCommands('runs', [
    {
      id: 'filter',
      title: 'Filter the runs',
      group: 'Runs',
      icon: Filter,
      keys: '/',
      run: () => input.current?.focus(),
    },
  ]);
  return (
    <div className="flex min-h-90 flex-1 flex-col border-t">
      <FilterBar
        all={all}
        tallyOf={(term) => tallies.get(term) ?? null}
        text={text}
        problems={found.problems}
        lead={lead}
        onChange={setText}
        inputRef={input}
      />
      {found.error && <ErrorCard className="m-4" error={found.error} />}
      {shown.length > 0 ? (
        <RunList
          key={wanted.trim()}
          runs={shown}
          selection={selection}
          left={leftWith(wanted.trim())}
          onEnd={found.more}
        />
      ) : found.loading ? (
        <Waiting />
      ) : (
        <div className="min-h-0 flex-1 overflow-auto">
          <Empty
            icon={Filter}
            title={found.problems.length > 0 ? 'This filter cannot be meant' : 'No run fits this filter'}
            action={<Button onClick={() => setText('')}>Show all runs</Button>}
          >
            {found.problems.length > 0
              ? 'Mend what is marked above, or show all runs.'
              : 'Names, scripts and output of all runs were searched.'}
          </Empty>
        </div>
      )}
      {chosen.length > 0 ? (
        <SelectionBar chosen={chosen} selection={selection} />
      ) : (
        <Summary
          all={all}
          fitting={
            wanted.trim() === ''
              ? { count: all, more: false }
              : found.whole
                ? { count: shown.length, more: false }
                : (tallies.get(wanted.trim()) ?? null)
          }
          shown={shown}
        />
      )}
    </div>
  );
}

/** Where the list of a filter was left; another filter begins at its top. */
let lastLeft = { filter: '', left: { offset: 0, key: null } as Left };

function leftWith(filter: string): Left {
  if (lastLeft.filter !== filter) lastLeft = { filter, left: { offset: 0, key: null } };
  return lastLeft.left;
}

/** Rows as they were made last: what has not changed is not drawn again. */
const placed = new WeakMap<RunSummary, RunRow>();

function withPlaces(runs: readonly RunSummary[], queue: readonly string[]): readonly RunRow[] {
  if (queue.length === 0) return runs;
  const places = new Map(queue.map((id, at) => [id, at + 1]));
  return runs.map((run) => {
    const place = places.get(run.id);
    if (place === undefined) return run;
    const before = placed.get(run);
    if (before?.place === place) return before;
    const row: RunRow = { ...run, place };
    placed.set(run, row);
    return row;
  });
}

/** What the rows below the fold amount to. `fitting`: how many fit the filter, null while that is counted. */
function Summary({ all, fitting, shown }: { all: number; fitting: Tally | null; shown: readonly RunSummary[] }) {
  const waiting = shown.filter((run) => run.state === 'queued').length;
  const open = shown.filter(going).length - waiting;
  const refused = shown.reduce((sum, run) => sum + run.violations, 0);
  const peak = shown.reduce((most, run) => Math.max(most, run.peakMemory), 0);
  return (
    <footer className="flex h-8 shrink-0 items-center gap-4 border-t bg-panel px-4 text-sm text-muted">
      <span>
        {fitting !== null && fitting.count !== all && `${showTally(fitting)} of `}
        {count(all, 'run')}
      </span>
      {fitting !== null && shown.length < fitting.count && (
        <span title="Older ones come when you scroll to the end. Sorting and the figures beside this are about these.">
          newest {shown.length.toLocaleString('en')} are here:
        </span>
      )}
      {open > 0 && <span>{open} going</span>}
      {waiting > 0 && <span>{waiting} waiting</span>}
      <span>{count(refused, 'refusal')}</span>
      <span>highest peak {showBytes(peak)}</span>
    </footer>
  );
}

function Waiting() {
  return (
    <div role="status" aria-label="Loading the runs" className="flex flex-col border-t bg-panel">
      {Array.from({ length: 8 }, (_, index) => (
        <div key={index} className="flex h-11 items-center gap-4 border-b px-4">
          <Skeleton className="h-5 w-24" />
          <Skeleton className="h-4 flex-1" />
          <Skeleton className="h-4 w-40" />
        </div>
      ))}
    </div>
  );
}
