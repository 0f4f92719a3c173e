import {
  columnVisibilityFeature,
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  sortFn_alphanumeric,
  sortFn_basic,
  sortFn_text,
  tableFeatures,
} from '@tanstack/react-table';
import { Pin } from 'lucide-react';
import type { RunSummary } from '#shared/domain/run.ts';
import { showBytes } from '#shared/lib/units.ts';
import { exact, ordinal } from '../../show/format.ts';
import { LevelChip } from '../../show/level-chip.tsx';
import { RunChip, runLook } from '../../show/run-chip.tsx';
import { RUNTIME_WORDS } from '../../show/runtime.ts';
import { Sparkline } from '../../show/sparkline.tsx';
import { Ago, Elapsed } from '../../show/time.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Bar } from '../../ui/states.tsx';

export const features = tableFeatures({
  rowSortingFeature,
  columnVisibilityFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { alphanumeric: sortFn_alphanumeric, basic: sortFn_basic, text: sortFn_text },
});

/** A line of the list: with its place while it waits for its turn, 1 for the next one. */
export type RunRow = RunSummary & { readonly place?: number };

const helper = createColumnHelper<typeof features, RunRow>();

/** The amount before `of 64 MiB`: its unit is said once when it is the same. */
export function ofLimit(amount: number, limit: number): string {
  const [number = '', unit] = showBytes(amount).split(' ');
  return unit === showBytes(limit).split(' ')[1] ? number : `${number} ${unit ?? ''}`;
}

/** It ended before its script began: cancelled in the queue, or refused by the engine. */
const neverStarted = ({ state, startedAt }: RunSummary): boolean => state === 'finished' && startedAt === null;

function PeakMemory({ run }: { run: RunSummary }) {
  if (run.state === 'queued' || neverStarted(run)) return <span className="text-muted">–</span>;
  const share = run.peakMemory / run.memoryLimit;
  return (
    <span className="flex min-w-0 flex-1 items-center gap-2">
      <span className="flex min-w-0 flex-1 flex-col gap-1">
        <span className="truncate font-mono text-xs">
          {ofLimit(run.peakMemory, run.memoryLimit)}
          <span className="text-muted"> of {showBytes(run.memoryLimit)}</span>
        </span>
        <Bar
          share={share}
          tone={share >= 1 || run.verdict?.outcome === 'out-of-memory' ? 'red' : share >= 0.9 ? 'amber' : 'accent'}
          label={`Peak memory of ${run.name}`}
          className="h-1"
        />
      </span>
      <Sparkline values={run.sparkline} limit={run.memoryLimit} width={36} />
    </span>
  );
}

/** Beyond every time: what is on now, and just below it what comes next. */
const NOW = Number.MAX_SAFE_INTEGER / 2;

/** Newest last: what is over by its start, then the queue with the next one last, then what is on. */
export function startOrder(run: RunRow): number {
  const begun = run.startedAt ?? run.createdAt;
  if (run.state === 'finished') return begun;
  return run.state === 'queued' ? NOW - (run.place ?? NOW / 2) : NOW + begun;
}

/** A column's share of the width and what it is called in the chooser. */
export const COLUMNS: Readonly<Record<string, { title: string; width: string; number?: boolean; fixed?: boolean }>> = {
  state: { title: 'State', width: '128px', fixed: true },
  name: { title: 'Name', width: 'minmax(104px,1.9fr)', fixed: true },
  runtime: { title: 'Runtime', width: '76px' },
  policy: { title: 'Policy', width: 'minmax(104px,0.8fr)' },
  started: { title: 'Started', width: '90px' },
  duration: { title: 'Duration', width: '80px', number: true },
  peak: { title: 'Peak memory', width: 'minmax(164px,1.2fr)' },
  exit: { title: 'Exit', width: '52px', number: true },
  refused: { title: 'Refused', width: '72px', number: true },
};

export const columns = helper.columns([
  helper.accessor((run) => runLook(run.state, run.verdict?.outcome).word, {
    id: 'state',
    cell: ({ row: { original: run } }) => (
      <RunChip
        state={run.state}
        outcome={run.verdict?.outcome}
        title={run.waitsFor ? `Waits for ${run.waitsFor}` : run.verdict?.reason}
      />
    ),
  }),
  helper.accessor('name', {
    id: 'name',
    cell: ({ row: { original: run } }) => (
      <span className="flex min-w-0 flex-col">
        <span className="flex min-w-0 items-center gap-1.5">
          {run.pinned && <Icon of={Pin} size={12} label="pinned" className="shrink-0 text-accent" />}
          <span className="truncate font-medium" title={run.name}>
            {run.name}
          </span>
        </span>
        {run.tags.length > 0 && (
          <span className="truncate text-xs text-muted" title={run.tags.join(' ')}>
            {run.tags.map((tag) => (
              <span key={tag} className="mr-1 rounded-sm bg-raised px-1 ring-1 ring-line ring-inset">
                {tag}
              </span>
            ))}
          </span>
        )}
        {run.waitsFor && (
          <span className="truncate text-sm text-muted" title={`Waits for ${run.waitsFor}`}>
            {run.place === undefined ? `waits for ${run.waitsFor}` : `${ordinal(run.place)} in the queue`}
          </span>
        )}
      </span>
    ),
  }),
  helper.accessor('runtime', {
    id: 'runtime',
    cell: ({ row: { original: run } }) => <span className="text-muted">{RUNTIME_WORDS[run.runtime]}</span>,
  }),
  helper.accessor('policy', {
    id: 'policy',
    cell: ({ row: { original: run } }) => (
      <span className="flex min-w-0 items-center gap-1.5">
        <LevelChip level={run.level} name={run.policy} />
        {run.overrides > 0 && (
          <span className="font-mono text-sm text-muted" title={`${run.overrides} values differ from the level`}>
            +{run.overrides}
          </span>
        )}
      </span>
    ),
  }),
  helper.accessor(startOrder, {
    id: 'started',
    sortDescFirst: true,
    cell: ({ row: { original: run } }) => (
      <span className="whitespace-nowrap text-muted">
        {run.state === 'queued' ? (
          '–'
        ) : neverStarted(run) ? (
          <span title={`It never started; asked for ${exact(run.createdAt)}`}>–</span>
        ) : (
          <Ago at={run.startedAt ?? run.createdAt} />
        )}
      </span>
    ),
  }),
  helper.accessor((run) => (run.startedAt === null ? -1 : (run.finishedAt ?? Date.now()) - run.startedAt), {
    id: 'duration',
    cell: ({ row: { original: run } }) => (
      <span className="font-mono text-sm">
        {run.startedAt === null ? '–' : <Elapsed from={run.startedAt} to={run.finishedAt} />}
      </span>
    ),
  }),
  helper.accessor((run) => run.peakMemory / run.memoryLimit, {
    id: 'peak',
    cell: ({ row: { original: run } }) => <PeakMemory run={run} />,
  }),
  helper.accessor((run) => run.verdict?.exitCode ?? -1, {
    id: 'exit',
    cell: ({ row: { original: run } }) => <span className="font-mono text-sm">{run.verdict?.exitCode ?? '–'}</span>,
  }),
  helper.accessor('violations', {
    id: 'refused',
    cell: ({ getValue }) => (
      <span className={`font-mono text-sm ${getValue() > 0 ? 'font-semibold text-red' : 'text-muted'}`}>
        {getValue()}
      </span>
    ),
  }),
]);
