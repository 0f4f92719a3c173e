/** Levels and own policies side by side, setting by setting: a grid for mouse and keyboard, drawn where it is looked at. */
import { useVirtualizer, type Range, defaultRangeExtractor } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { OwnPolicy, PolicyContext } from '#shared/contract/policies.ts';
import type { FieldPath, TrustLevel } from '#shared/domain/policy.ts';
import type { Edit } from '../draft/edit.ts';
import { edit, open } from '../draft/store.ts';
import { useClient } from '../../../state/client.tsx';
import { useCommands } from '../../../state/commands.ts';
import { useNow } from '../../../show/time.tsx';
import { editsInPlace } from './cell-editor.tsx';
import { moved, type Cell } from './grid-moves.ts';
import { HeadCell } from './head-cell.tsx';
import { LEVEL_COLUMNS, ROWS, type Column } from './model.ts';
import { GroupRow, FieldRow } from './row.tsx';

const HEAD = 48;
const ROW = 33;
const GROUP = 30;
const LEFT = 146;
const RIGHT = 118;
const LEVEL_WIDTHS: Readonly<Record<TrustLevel, number>> = { untrusted: 102, limited: 82, trusted: 92, system: 86 };
const POLICY_WIDTH = 132;

const SKIPPED = new Set(ROWS.flatMap((row, index) => (row.kind === 'group' ? [index + 1] : [])));

export interface Editing {
  readonly policy: string;
  readonly path: FieldPath;
}

export function PolicyTable({
  policies,
  context,
  selected,
  onOpen,
  onField,
  onEdited,
}: {
  policies: readonly OwnPolicy[];
  context: PolicyContext;
  /** The policy whose editor is open. */
  selected: string | null;
  onOpen: (name: string) => void;
  /** A setting that is edited in the form only. */
  onField: (name: string, path: FieldPath) => void;
  onEdited: (name: string) => void;
}) {
  const client = useClient();
  const now = useNow(3_600_000);
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<Cell>({ row: 0, column: 1 });
  const [editing, setEditing] = useState<Editing | null>(null);
  const columns = useMemo<readonly Column[]>(
    () => [...LEVEL_COLUMNS, ...policies.map((policy) => ({ kind: 'policy' as const, policy }))],
    [policies],
  );
  const keeping = (index: number) => (range: Range) => {
    const shown = defaultRangeExtractor(range);
    return index < 0 || index >= range.count || shown.includes(index)
      ? shown
      : [...shown, index].toSorted((a, b) => a - b);
  };
  const rows = useVirtualizer({
    count: ROWS.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (ROWS[index]?.kind === 'group' ? GROUP : ROW),
    paddingStart: HEAD,
    scrollPaddingStart: HEAD,
    overscan: 6,
    // The focused cell stays drawn wherever it is scrolled to, so that the focus is never lost.
    rangeExtractor: keeping(active.row - 1),
  });
  const across = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => widthOf(columns[index]),
    getItemKey: (index) => keyOf(columns[index]),
    paddingStart: LEFT,
    scrollPaddingStart: LEFT,
    scrollPaddingEnd: RIGHT,
    overscan: 2,
    rangeExtractor: keeping(active.column - 1),
  });
  const focusCell = (cell: Cell): void => {
    setActive(cell);
    if (cell.row > 0) rows.scrollToIndex(cell.row - 1);
    if (cell.column > 0 && cell.column <= columns.length) across.scrollToIndex(cell.column - 1);
    requestAnimationFrame(() =>
      scroller.current
        ?.querySelector<HTMLElement>(`[data-cell="${cell.row}:${cell.column}"]`)
        ?.focus({ preventScroll: true }),
    );
  };
  useEffect(() => {
    const at = columns.findIndex((column) => column.kind === 'policy' && column.policy.name === selected);
    if (at >= 0) across.scrollToIndex(at);
    // oxlint-disable-next-line react/exhaustive-deps -- only when another one is chosen
  }, [selected]);
  const start = (policy: OwnPolicy, path: FieldPath): void => {
    // A file with a mistake is mended in its text; the last good version is not edited behind its back.
    if (policy.problems.some(({ severity }) => severity === 'error')) onOpen(policy.name);
    else if (!editsInPlace(path)) onField(policy.name, path);
    else {
      setEditing({ policy: policy.name, path });
      void open(client, policy.name);
    }
  };
  const put = (name: string, change: Edit): void =>
    void open(client, name).then((draft) => {
      if (draft === null) return;
      edit(name, change);
      onEdited(name);
    });
  const act = (cell: Cell): void => {
    const column = columns[cell.column - 1];
    if (column?.kind !== 'policy') return;
    const row = ROWS[cell.row - 1];
    if (cell.row === 0) onOpen(column.policy.name);
    else if (row?.kind === 'field') start(column.policy, row.path);
  };
  const clear = (cell: Cell): void => {
    const column = columns[cell.column - 1];
    const row = ROWS[cell.row - 1];
    if (column?.kind !== 'policy' || row?.kind !== 'field') return;
    put(column.policy.name, { to: 'level-default', field: row.path });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW) - 3);
    const grid = { rows: ROWS.length + 1, columns: columns.length + 2, skipped: SKIPPED, page };
    if (event.altKey || event.metaKey) return;
    const to = moved(grid, active, event.key, event.ctrlKey);
    if (to !== null) focusCell(to);
    else if ((event.key === 'Enter' && !event.ctrlKey) || event.key === 'F2') act(active);
    else if (event.key === 'Delete' || event.key === 'Backspace') clear(active);
    else return;
    event.preventDefault();
  };
  // Elsewhere the same keys belong to others.
  const inGrid = (): boolean => scroller.current?.contains(document.activeElement) === true;
  useCommands('policy-table', [
    { id: 'cell-edit', title: 'Edit the cell', group: 'Table', keys: 'F2', run: () => inGrid() && act(active) },
    {
      id: 'cell-clear',
      title: 'Take the cell back to its level',
      group: 'Table',
      keys: 'Delete',
      run: () => inGrid() && clear(active),
    },
  ]);
  const width = across.getTotalSize() + RIGHT;
  const shown = across.getVirtualItems();
  return (
    <div
      ref={scroller}
      role="grid"
      aria-label="Policies"
      aria-rowcount={ROWS.length + 1}
      aria-colcount={columns.length + 2}
      tabIndex={-1}
      onKeyDown={onKeyDown}
      className="relative h-full overflow-auto bg-panel outline-none"
    >
      <div role="presentation" className="relative min-w-full" style={{ width, height: rows.getTotalSize() }}>
        <div
          role="row"
          aria-rowindex={1}
          className="sticky top-0 z-20 flex border-b bg-panel text-left"
          style={{ height: HEAD }}
        >
          <div
            role="columnheader"
            aria-colindex={1}
            data-cell="0:0"
            tabIndex={active.row === 0 && active.column === 0 ? 0 : -1}
            onFocus={() => setActive({ row: 0, column: 0 })}
            className="sticky left-0 z-10 flex shrink-0 items-center border-r bg-panel px-4 text-sm text-muted focus-visible:-outline-offset-2"
            style={{ width: LEFT }}
          >
            Setting
          </div>
          {shown.map((item) => {
            const column = columns[item.index];
            if (!column) return null;
            const name = column.kind === 'policy' ? column.policy.name : null;
            return (
              // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the grid has the keys
              <div
                key={item.key}
                role="columnheader"
                aria-colindex={item.index + 2}
                data-cell={`0:${item.index + 1}`}
                tabIndex={active.row === 0 && active.column === item.index + 1 ? 0 : -1}
                onFocus={() => setActive({ row: 0, column: item.index + 1 })}
                onClick={() => name !== null && onOpen(name)}
                title={name === null ? undefined : `Open ${name}`}
                className={`absolute inset-y-0 flex items-center px-2 focus-visible:-outline-offset-2 ${name === null ? '' : 'cursor-pointer hover:bg-raised'} ${name !== null && name === selected ? 'border-b-2 border-accent' : ''}`}
                style={{ left: item.start, width: item.size }}
              >
                <HeadCell column={column} context={context} now={now} />
              </div>
            );
          })}
          <div
            role="columnheader"
            aria-colindex={columns.length + 2}
            data-cell={`0:${columns.length + 1}`}
            tabIndex={active.row === 0 && active.column === columns.length + 1 ? 0 : -1}
            onFocus={() => setActive({ row: 0, column: columns.length + 1 })}
            className="sticky right-0 z-10 ml-auto flex shrink-0 items-center border-l bg-panel px-3 text-sm text-muted focus-visible:-outline-offset-2"
            style={{ width: RIGHT }}
          >
            On this engine
          </div>
        </div>
        {rows.getVirtualItems().map((item) => {
          const row = ROWS[item.index];
          if (!row) return null;
          const place = { top: item.start, height: item.size };
          if (row.kind === 'group')
            return (
              <GroupRow
                key={row.group}
                group={row.group}
                index={item.index + 2}
                span={columns.length + 2}
                place={place}
              />
            );
          const at = item.index + 1;
          return (
            <FieldRow
              key={row.path}
              path={row.path}
              at={at}
              place={place}
              left={LEFT}
              right={RIGHT}
              columns={columns}
              shown={shown}
              context={context}
              selected={selected}
              activeColumn={active.row === at ? active.column : null}
              editing={editing?.path === row.path ? editing.policy : null}
              onActive={(column) => setActive({ row: at, column })}
              onAct={(column) => act({ row: at, column })}
              onDone={(column, taken, back) => {
                const name = editing?.policy;
                setEditing(null);
                if (taken !== null && name !== undefined)
                  put(name, { to: 'value', field: row.path, value: taken.value });
                if (back) focusCell({ row: at, column });
              }}
            />
          );
        })}
      </div>
    </div>
  );
}

function widthOf(column: Column | undefined): number {
  return column?.kind === 'level' ? LEVEL_WIDTHS[column.level] : POLICY_WIDTH;
}

function keyOf(column: Column | undefined): string {
  return column?.kind === 'policy' ? `policy ${column.policy.name}` : `level ${column?.level ?? ''}`;
}
