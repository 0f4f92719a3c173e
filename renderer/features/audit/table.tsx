import { useVirtualizer } from '@tanstack/react-virtual';
import clsx from 'clsx';
import { CircleX, ShieldAlert } from 'lucide-react';
import { useEffect, useRef, type KeyboardEvent } from 'react';
import type { AuditRow } from '#shared/contract/audit.ts';
import { exact } from '../../show/format.ts';
import { Chip } from '../../ui/chip.tsx';
import { Icon } from '../../ui/icon.tsx';
import { actionIcon, outcomeOf } from './look.ts';

const ROW = 32;
const GRID =
  'grid grid-cols-[56px_172px_minmax(80px,0.6fr)_minmax(128px,0.9fr)_minmax(104px,2fr)_minmax(124px,0.8fr)] items-center gap-2 px-4';
const TITLES = ['Number', 'Time', 'Who', 'Action', 'What', 'Outcome'];

/** Records as virtual rows: arrows move, Enter opens the details, Escape closes them. `onEnd` is called when the last rows come into sight. */
export function RecordTable({
  rows,
  selected,
  broken,
  onSelect,
  onEnd,
}: {
  rows: readonly AuditRow[];
  /** Place of the row whose details are open. */
  selected: number | null;
  /** Place of the first broken row. */
  broken: number | null;
  onSelect: (at: number | null) => void;
  onEnd: () => void;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const active = useRef<number | null>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: (index) => rows[index]?.at ?? index,
    overscan: 10,
  });
  const items = virtual.getVirtualItems();
  const reachedEnd = rows.length > 0 && (items.at(-1)?.index ?? 0) >= rows.length - 1;
  const end = useRef(onEnd);
  useEffect(() => {
    end.current = onEnd;
  });
  useEffect(() => {
    if (reachedEnd) end.current();
  }, [reachedEnd, rows.length]);
  const at = Math.max(
    0,
    rows.findIndex((row) => row.at === (selected ?? active.current)),
  );
  const selectedAt = selected === null ? -1 : rows.findIndex((row) => row.at === selected);
  useEffect(() => {
    if (selectedAt >= 0) virtual.scrollToIndex(selectedAt, { align: 'auto' });
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- only a new selection scrolls
  }, [selected]);

  const focusRow = (index: number): void => {
    const row = rows[Math.min(rows.length - 1, Math.max(0, index))];
    if (!row) return;
    active.current = row.at;
    if (selected !== null) onSelect(row.at);
    virtual.scrollToIndex(rows.indexOf(row));
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-at="${row.at}"]`)?.focus());
  };
  const onKeyDown = (event: KeyboardEvent, index: number, row: AuditRow): void => {
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
    else if (event.key === 'Enter' || event.key === ' ') onSelect(selected === row.at ? null : row.at);
    else if (event.key === 'Escape' && selected !== null) onSelect(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div role="grid" aria-label="Records" aria-rowcount={-1} className="flex h-full min-h-0 flex-col overflow-x-auto">
      <div
        role="row"
        aria-rowindex={1}
        className={clsx(GRID, 'h-9 min-w-184 shrink-0 border-b bg-panel text-sm text-muted')}
      >
        {TITLES.map((title) => (
          <div key={title} role="columnheader" className={clsx('font-medium', title === 'Number' && 'text-right')}>
            {title}
          </div>
        ))}
      </div>
      <div ref={scroller} role="rowgroup" className="min-h-0 min-w-184 flex-1 overflow-x-hidden overflow-y-auto">
        <div role="presentation" style={{ height: virtual.getTotalSize() }} className="relative">
          {items.map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            return (
              <div
                key={row.at}
                role="row"
                data-at={row.at}
                aria-rowindex={item.index + 2}
                aria-selected={row.at === selected}
                aria-label={nameOf(row, row.at === broken)}
                tabIndex={item.index === at ? 0 : -1}
                onFocus={() => {
                  active.current = row.at;
                }}
                onKeyDown={(event) => onKeyDown(event, item.index, row)}
                onClick={() => onSelect(row.at === selected ? null : row.at)}
                style={{ transform: `translateY(${item.start}px)`, height: ROW }}
                className={clsx(
                  GRID,
                  'absolute inset-x-0 top-0 cursor-pointer border-b hover:bg-raised focus-visible:-outline-offset-2',
                  row.at === broken ? 'bg-red-pale' : row.at === selected ? 'bg-accent-pale' : 'bg-panel',
                )}
              >
                <Cells row={row} broken={row.at === broken} />
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function nameOf({ record }: AuditRow, broken: boolean): string {
  const text = record === null ? 'Not a record' : `${record.seq}, ${record.action}, ${record.what}, ${record.outcome}`;
  return broken ? `Broken: ${text}` : text;
}

function Cells({ row: { record, text }, broken }: { row: AuditRow; broken: boolean }) {
  if (record === null)
    return (
      <>
        <div role="gridcell" className="flex justify-end text-red">
          <Icon of={CircleX} size={14} />
        </div>
        <div role="gridcell" aria-colspan={5} className="col-span-5 flex min-w-0 items-center gap-2">
          <span className="shrink-0 font-medium text-red">Not a record</span>
          <code className="truncate font-mono text-sm text-muted">{text}</code>
        </div>
      </>
    );
  const look = outcomeOf(record.outcome);
  return (
    <>
      <div role="gridcell" className="flex items-center justify-end gap-1 font-mono text-sm text-muted">
        {broken && <Icon of={ShieldAlert} size={14} className="text-red" label="broken" />}
        {record.seq}
      </div>
      <div role="gridcell" className="truncate text-sm">
        <time dateTime={record.at}>{exact(Date.parse(record.at))}</time>
      </div>
      <div role="gridcell" className="truncate" title={`${record.who.user} on ${record.who.host}`}>
        {record.who.user} <span className="text-muted">· {record.who.token ?? record.who.via}</span>
      </div>
      <div role="gridcell" className="flex min-w-0 items-center gap-2">
        <Icon of={actionIcon(record.action)} size={14} className="text-muted" />
        <span className="truncate font-mono text-sm">{record.action}</span>
      </div>
      <div role="gridcell" className="truncate font-mono text-sm" title={record.what}>
        {record.what}
      </div>
      <div role="gridcell" className="flex min-w-0">
        <Chip tone={look.tone} icon={look.icon} title={record.outcome}>
          {look.word}
        </Chip>
      </div>
    </>
  );
}
