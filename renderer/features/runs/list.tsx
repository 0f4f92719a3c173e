import { functionalUpdate, useTable, type ColumnVisibilityState, type SortingState } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import clsx from 'clsx';
import { ArrowDown, ArrowUp, Columns3, Square, Trash2 } from 'lucide-react';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import type { RunSummary } from '#shared/domain/run.ts';
import { useClient } from '../../state/client.tsx';
import { go } from '../../state/route.ts';
import { IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Menu, MenuCheck } from '../../ui/layers/menu.tsx';
import { useNarrow } from '../../ui/use-narrow.ts';
import { removeRun, stopRun } from './actions.ts';
import { COLUMNS, columns, features, type RunRow } from './columns.tsx';
import type { Selection } from './selection.tsx';
import { going } from '../../state/runs.ts';
import { kept, keep } from './keep.ts';

const ROW = 44;
const NARROW: ColumnVisibilityState = { runtime: false, exit: false };
const WIDE: ColumnVisibilityState = {};

/** Runs as virtual rows: arrows move, Space selects, Enter opens, Delete removes or stops. `onEnd` is called when the last rows come into sight. */
export function RunList({
  runs,
  selection,
  onEnd,
}: {
  runs: readonly RunRow[];
  selection: Selection;
  onEnd: () => void;
}) {
  const client = useClient();
  const scroller = useRef<HTMLDivElement>(null);
  const [sorting, setSorting] = useState<SortingState>(() => kept('sorting', [{ id: 'started', desc: true }]));
  const narrow = useNarrow();
  const [chosen, setChosen] = useState<ColumnVisibilityState | null>(() => kept('columns', null));
  const columnVisibility = chosen ?? (narrow ? NARROW : WIDE);
  const [active, setActive] = useState<string | null>(null);
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
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 8,
  });
  const lastSeen = virtual.getVirtualItems().at(-1)?.index ?? 0;
  const reachedEnd = rows.length > 0 && lastSeen >= rows.length - 1;
  const end = useRef(onEnd);
  useEffect(() => {
    end.current = onEnd;
  });
  useEffect(() => {
    if (reachedEnd) end.current();
  }, [reachedEnd, rows.length]);
  const shown = table.getVisibleLeafColumns();
  const grid = {
    gridTemplateColumns: `20px ${shown.map((column) => COLUMNS[column.id]?.width ?? '1fr').join(' ')} 36px`,
  };
  const activeAt = Math.max(
    0,
    rows.findIndex((row) => row.id === active),
  );

  const focusRow = (index: number): void => {
    const row = rows[Math.min(rows.length - 1, Math.max(0, index))];
    if (!row) return;
    setActive(row.id);
    virtual.scrollToIndex(row.index === -1 ? 0 : rows.indexOf(row));
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-run="${CSS.escape(row.id)}"]`)?.focus(),
    );
  };
  const onKeyDown = (event: KeyboardEvent, index: number, run: RunSummary): void => {
    if (event.target !== event.currentTarget) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? ROW) / ROW) - 2);
    const moves: Record<string, number> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      Home: 0,
      End: rows.length - 1,
      PageDown: index + page,
      PageUp: index - page,
    };
    const to = moves[event.key];
    if (to !== undefined) focusRow(to);
    else if (event.key === ' ') selection.toggle(run.id);
    else if (event.key === 'Enter') go({ at: 'run', id: run.id });
    else if (event.key === 'Delete') void (going(run) ? stopRun(client, run) : removeRun(client, run));
    else return;
    event.preventDefault();
  };

  return (
    <div
      role="grid"
      aria-label="Runs"
      aria-rowcount={rows.length + 1}
      className="flex min-h-0 flex-1 flex-col overflow-x-auto"
    >
      <div
        role="row"
        aria-rowindex={1}
        style={grid}
        className="grid h-9 min-w-215 shrink-0 items-center gap-3 max-[1100px]:gap-2 border-b bg-panel pr-3 pl-4 text-sm text-muted"
      >
        <div role="columnheader">
          <span className="sr-only">Selected</span>
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
      </div>
      <div ref={scroller} role="rowgroup" className="min-h-0 min-w-215 flex-1 overflow-x-hidden overflow-y-auto">
        <div role="presentation" style={{ height: virtual.getTotalSize() }} className="relative">
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            const run = row.original;
            return (
              <div
                key={row.id}
                role="row"
                data-run={row.id}
                aria-rowindex={item.index + 2}
                aria-label={`${run.name}, ${run.verdict?.outcome ?? run.state}`}
                aria-selected={selection.ids.has(run.id)}
                tabIndex={item.index === activeAt ? 0 : -1}
                onFocus={() => setActive(row.id)}
                onKeyDown={(event) => onKeyDown(event, item.index, run)}
                onClick={() => go({ at: 'run', id: run.id })}
                style={{ ...grid, transform: `translateY(${item.start}px)`, height: ROW }}
                className="group absolute inset-x-0 top-0 grid cursor-pointer items-center gap-3 max-[1100px]:gap-2 border-b bg-panel pr-3 pl-4 hover:bg-raised focus-visible:-outline-offset-2"
              >
                <div role="gridcell" className="flex">
                  <input
                    type="checkbox"
                    aria-label={`Select ${run.name}`}
                    tabIndex={-1}
                    checked={selection.ids.has(run.id)}
                    onClick={(event) => event.stopPropagation()}
                    onChange={() => selection.toggle(run.id)}
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
                  <RowAction run={run} />
                </div>
              </div>
            );
          })}
        </div>
      </div>
    </div>
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
    <IconButton
      label={`Remove the run of ${run.name}`}
      icon={Trash2}
      size="sm"
      tabIndex={-1}
      className="opacity-0 group-focus-within:opacity-100 group-hover:opacity-100"
      onClick={(event) => {
        event.stopPropagation();
        void removeRun(client, run);
      }}
    />
  );
}
