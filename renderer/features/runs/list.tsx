import { functionalUpdate, useTable, type ColumnVisibilityState, type SortingState } from '@tanstack/react-table';
import clsx from 'clsx';
import { ArrowDown, ArrowUp, Columns3, Square, Trash2 } from 'lucide-react';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import type { RunSummary } from '#shared/domain/run.ts';
import { useClient } from '../../state/client.tsx';
import { go } from '../../state/route.ts';
import { IconButton } from '../../ui/button.tsx';
import { Grid, type Left } from '../../ui/tables/grid.tsx';
import { between } from '../../ui/tables/places.ts';
import { Icon } from '../../ui/icon.tsx';
import { Menu, MenuCheck } from '../../ui/layers/menu.tsx';
import { useNarrow } from '../../ui/use-narrow.ts';
import { removeRun, stopRun } from './actions.ts';
import { COLUMNS, columns, features, type RunRow } from './columns.tsx';
import type { Selection } from './selection.tsx';
import { going } from '../../state/runs.ts';
import { kept, keep } from './keep.ts';

const ROW = 44;
const keyOf = ({ id }: { readonly id: string }): string => id;
const NARROW: ColumnVisibilityState = { runtime: false, exit: false };
const WIDE: ColumnVisibilityState = {};

/** Runs as virtual rows: arrows move, Space selects, with Shift up to there, Enter opens, Delete removes or stops. `onEnd` is called when the last rows come into sight. */
export function RunList({
  runs,
  selection,
  left,
  onEnd,
}: {
  runs: readonly RunRow[];
  selection: Selection;
  left: Left;
  onEnd: () => void;
}) {
  const client = useClient();
  const [sorting, setSorting] = useState<SortingState>(() => kept('sorting', [{ id: 'started', desc: true }]));
  const narrow = useNarrow();
  const [chosen, setChosen] = useState<ColumnVisibilityState | null>(() => kept('columns', null));
  const columnVisibility = chosen ?? (narrow ? NARROW : WIDE);
  useEffect(() => keep('sorting', sorting), [sorting]);
  useEffect(() => keep('columns', chosen), [chosen]);
  const table = useTable({
    features,
    columns,
    data: runs,
    getRowId: (run: RunRow) => run.id,
    state: { sorting, columnVisibility },
    onSortingChange: setSorting,
    onColumnVisibilityChange: (change) => setChosen(functionalUpdate(change, columnVisibility)),
    enableSortingRemoval: false,
  });
  const rows = table.getRowModel().rows;
  const shown = table.getVisibleLeafColumns();
  /** The row that was switched last: a range goes from it. */
  const anchor = useRef<string | null>(null);
  const select = (id: string, range: boolean): void => {
    const ids = range && anchor.current !== null ? between(rows, anchor.current, id) : [];
    if (ids.length > 1) selection.add(ids);
    else selection.toggle(id);
    anchor.current = id;
  };
  const every = rows.length > 0 && rows.every(({ id }) => selection.ids.has(id));
  const onKey = (event: KeyboardEvent, run: RunSummary): boolean => {
    if (event.key === ' ') select(run.id, event.shiftKey);
    else if (event.key === 'Enter') go({ at: 'run', id: run.id });
    else if (event.key === 'Delete') void (going(run) ? stopRun(client, run) : removeRun(client, run));
    else return false;
    return true;
  };

  return (
    <Grid
      label="Runs"
      rows={rows}
      keyOf={keyOf}
      nameOf={({ original: run }) => `${run.name}, ${run.verdict?.outcome ?? run.state}`}
      rowHeight={ROW}
      columns={`20px ${shown.map((column) => COLUMNS[column.id]?.width ?? '1fr').join(' ')} 36px`}
      lineClass="min-w-215 gap-3 max-[1100px]:gap-2 pr-3 pl-4"
      headClass="h-9 bg-panel"
      rowClass={({ id }) =>
        selection.ids.has(id) ? 'bg-accent-pale/45 shadow-[inset_3px_0_0_var(--accent)]' : 'bg-panel'
      }
      selected={({ id }) => selection.ids.has(id)}
      onClick={({ id }) => go({ at: 'run', id })}
      onKey={(event, { original }) => onKey(event, original)}
      onEnd={onEnd}
      left={left}
      head={
        <>
          <div role="columnheader" className="flex">
            <input
              type="checkbox"
              aria-label="Select all that are here"
              title="Select all that are here"
              checked={every}
              ref={(box) => {
                if (box) box.indeterminate = !every && selection.ids.size > 0;
              }}
              onChange={() => (every ? selection.clear() : selection.add(rows.map(({ id }) => id)))}
              className="size-3.5 accent-accent"
            />
          </div>
          {shown.map((column) => {
            const sorted = column.getIsSorted();
            const spec = COLUMNS[column.id];
            return (
              <div
                key={column.id}
                role="columnheader"
                aria-sort={sorted === false ? 'none' : sorted === 'asc' ? 'ascending' : 'descending'}
                className={clsx('flex', spec?.number && 'justify-end')}
              >
                <button
                  type="button"
                  onClick={column.getToggleSortingHandler()}
                  className="inline-flex items-center gap-1 rounded font-medium hover:text-text"
                >
                  {spec?.title}
                  {sorted !== false && <Icon of={sorted === 'asc' ? ArrowUp : ArrowDown} size={12} />}
                </button>
              </div>
            );
          })}
          <div role="columnheader" className="flex justify-end">
            <Menu label="Columns" trigger={<IconButton label="Choose columns" icon={Columns3} size="sm" />}>
              {table.getAllLeafColumns().map((column) => (
                <MenuCheck
                  key={column.id}
                  checked={column.getIsVisible()}
                  disabled={COLUMNS[column.id]?.fixed ?? false}
                  onChange={(checked) => column.toggleVisibility(checked)}
                >
                  {COLUMNS[column.id]?.title}
                </MenuCheck>
              ))}
            </Menu>
          </div>
        </>
      }
      renderCells={(row) => (
        <>
          <div role="gridcell" className="flex">
            <input
              type="checkbox"
              aria-label={`Select ${row.original.name}`}
              tabIndex={-1}
              checked={selection.ids.has(row.id)}
              onClick={(event) => {
                event.stopPropagation();
                select(row.id, event.shiftKey);
              }}
              onChange={() => {}}
              className="size-3.5 accent-accent"
            />
          </div>
          {row.getVisibleCells().map((cell) => (
            // oxlint-disable-next-line jsx-a11y/control-has-associated-label -- the cell's content is its name
            <div
              key={cell.id}
              role="gridcell"
              className={clsx('flex min-w-0', COLUMNS[cell.column.id]?.number && 'justify-end')}
            >
              <table.FlexRender cell={cell} />
            </div>
          ))}
          <div role="gridcell" className="flex justify-end">
            <RowAction run={row.original} />
          </div>
        </>
      )}
    />
  );
}

function RowAction({ run }: { run: RunSummary }) {
  const client = useClient();
  return going(run) ? (
    <IconButton
      label={`Stop ${run.name}`}
      icon={Square}
      size="sm"
      className="text-red"
      tabIndex={-1}
      onClick={(event) => {
        event.stopPropagation();
        void stopRun(client, run);
      }}
    />
  ) : (
    // Every row has one, so it is as light as can be: its hint is the browser's.
    <button
      type="button"
      aria-label={`Remove the run of ${run.name}`}
      title="Remove this run"
      tabIndex={-1}
      className="inline-flex size-6 items-center justify-center rounded-md text-muted opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 hover:bg-raised hover:text-text"
      onClick={(event) => {
        event.stopPropagation();
        void removeRun(client, run);
      }}
    >
      <Icon of={Trash2} />
    </button>
  );
}
