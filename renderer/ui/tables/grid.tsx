/**
 * Many rows under a head, of which only those in sight are drawn. One row is in the tab order: arrows, Home, End and the
 * page keys move it; what other keys do is the user's of this part. A row may have a detail below it.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import clsx from 'clsx';
import {
  memo,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
} from 'react';
import { itemsOf, moveTo, placeOf } from './places.ts';

/** A detail is measured once it is drawn; until then it counts as so many pixels. */
const DETAIL = 160;
/** Frames that a row may take to be drawn after it was scrolled to. */
const FRAMES = 5;

export interface GridProps<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  /** Stays the same while the row does, and is no other row's. */
  readonly keyOf: (row: Row) => string;
  /** Said for the row as a whole. */
  readonly nameOf: (row: Row) => string;
  /** Pixels. */
  readonly rowHeight: number;
  /** Widths of all columns, as CSS has them. */
  readonly columns: string;
  /** Of the head and each row: gaps, padding, least width. */
  readonly lineClass: string;
  readonly headClass: string;
  readonly rowClass?: (row: Row) => string;
  /** All cells of the head, each a `columnheader`. */
  readonly head: ReactNode;
  /** All cells of a row, each a `gridcell`. */
  readonly renderCells: (row: Row) => ReactNode;
  /** How many rows there are in all when more can come; else those given. */
  readonly unbounded?: boolean;
  readonly selected?: (row: Row) => boolean;
  /** Rows whose detail is shown, by key. */
  readonly open?: ReadonlySet<string>;
  readonly renderDetail?: (row: Row) => ReactNode;
  /** The row in the tab order when it is decided elsewhere, by key. It scrolls into sight when it changes. */
  readonly current?: string | null;
  readonly onClick: (row: Row) => void;
  /** True when the key meant something. */
  readonly onKey: (event: KeyboardEvent, row: Row) => boolean;
  /** The same for keys that are pressed together with Alt. */
  readonly onAltKey?: (event: KeyboardEvent, row: Row) => boolean;
  /** The focus moved to a row by a key. */
  readonly onMove?: (row: Row) => void;
  /** The last rows came into sight. */
  readonly onEnd?: () => void;
  /** Where the list was left: read when it is shown, written when it goes. */
  readonly left?: Left | undefined;
}

/** Kept by whoever shows the list again: how far it was scrolled down, in pixels, and the row in the tab order. */
export interface Left {
  offset: number;
  key: string | null;
}

const NONE: ReadonlySet<string> = new Set();

export function Grid<Row>(props: GridProps<Row>) {
  const {
    label,
    rows,
    keyOf,
    rowHeight,
    columns,
    lineClass,
    head,
    unbounded = false,
    open = NONE,
    current = null,
  } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const focused = useRef(false);
  const { left } = props;
  const [active, setActive] = useState<{ readonly key: string; readonly at: number } | null>(
    left === undefined || left.key === null ? null : { key: left.key, at: 0 },
  );
  const items = useMemo(() => itemsOf(rows, keyOf, open), [rows, keyOf, open]);
  const virtual = useVirtualizer({
    count: items.count,
    getScrollElement: () => scroller.current,
    estimateSize: useCallback((index: number) => (items.at(index).detail ? DETAIL : rowHeight), [items, rowHeight]),
    // A new function would make the place of every row be looked up anew, at each step of scrolling.
    getItemKey: useCallback(
      (index: number) => {
        const { at, detail } = items.at(index);
        const row = rows[at];
        return row === undefined ? index : `${detail ? 'detail' : 'row'} ${keyOf(row)}`;
      },
      [items, rows, keyOf],
    ),
    overscan: 8,
    initialRect: { width: 900, height: 300 },
    initialOffset: left?.offset ?? 0,
  });
  const shown = virtual.getVirtualItems();
  const { scrollOffset } = virtual;
  const activeKey = active?.key ?? null;
  useEffect(() => {
    if (left !== undefined && scrollOffset !== null) Object.assign(left, { offset: scrollOffset, key: activeKey });
  }, [left, scrollOffset, activeKey]);
  useReachedEnd(rows.length > 0 && (shown.at(-1)?.index ?? 0) >= items.count - 1, rows.length, props.onEnd);
  const activeAt = Math.max(
    0,
    current !== null ? placeOf(rows, keyOf, current, active?.at) : placeOf(rows, keyOf, active?.key, active?.at),
  );
  useEffect(() => {
    if (current !== null && placeOf(rows, keyOf, current, activeAt) === activeAt)
      virtual.scrollToIndex(items.indexOf(activeAt), { align: 'auto' });
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- only another current row scrolls
  }, [current]);

  const focusRow = (to: number): void => {
    const row = rows[to];
    if (row === undefined) return;
    const key = keyOf(row);
    setActive({ key, at: to });
    props.onMove?.(row);
    virtual.scrollToIndex(items.indexOf(to));
    const focus = (frames: number): void => {
      const element = scroller.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
      if (element) element.focus({ preventScroll: true });
      else if (frames > 0) requestAnimationFrame(() => focus(frames - 1));
    };
    requestAnimationFrame(() => focus(FRAMES));
  };
  const onKeyDown = (event: KeyboardEvent, at: number, row: Row): void => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey) return;
    if (event.altKey) {
      if (!props.onAltKey?.(event, row)) return;
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? rowHeight) / rowHeight) - 2);
    const to = moveTo(event.key, at, rows.length, page);
    if (to !== null) focusRow(to);
    else if (!props.onKey(event, row)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const grid = { gridTemplateColumns: columns };
  const handlers = useRef<Handlers>({
    key: onKeyDown as Handlers['key'],
    focus: () => undefined,
    blur: () => undefined,
  });
  useEffect(() => {
    handlers.current = {
      key: onKeyDown as Handlers['key'],
      focus: (key, at) => {
        focused.current = true;
        setActive({ key, at });
      },
      blur: (to) => {
        // A row that is taken away loses the focus to nothing.
        if (to !== null) focused.current = false;
      },
    };
  });
  // A row that goes while it has the focus leaves it to the row that takes its place.
  useEffect(() => {
    if (!focused.current || active === null || document.activeElement !== document.body) return;
    if (placeOf(rows, keyOf, active.key, active.at) === -1) focusRow(Math.min(active.at, rows.length - 1));
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- only other rows take a row away
  }, [rows]);

  return (
    <div
      role="grid"
      aria-label={label}
      aria-rowcount={unbounded ? -1 : rows.length + 1}
      className="relative flex min-h-0 flex-1 flex-col overflow-x-auto"
    >
      <div
        role="row"
        aria-rowindex={1}
        style={grid}
        className={clsx('grid shrink-0 items-center border-b text-sm text-muted', lineClass, props.headClass)}
      >
        {head}
      </div>
      <div
        ref={scroller}
        role="rowgroup"
        className={clsx('min-h-0 flex-1 overflow-x-hidden overflow-y-auto', leastWidth(lineClass))}
      >
        <div role="presentation" style={{ height: virtual.getTotalSize() }} className="relative">
          {shown.map((item) => {
            const { at, detail } = items.at(item.index);
            const row = rows[at];
            if (row === undefined) return null;
            const place = { transform: `translateY(${item.start}px)` };
            if (detail)
              return (
                <div
                  key={item.key}
                  ref={virtual.measureElement}
                  data-index={item.index}
                  role="row"
                  style={place}
                  className="absolute inset-x-0 top-0 border-b bg-background"
                >
                  <div role="gridcell" aria-colspan={columnCount(columns)}>
                    {props.renderDetail?.(row)}
                  </div>
                </div>
              );
            return (
              <Line
                key={item.key}
                grid={props as GridProps<unknown>}
                row={row}
                at={at}
                start={item.start}
                active={at === activeAt}
                on={handlers}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

interface Handlers {
  readonly key: (event: KeyboardEvent, at: number, row: unknown) => void;
  readonly focus: (key: string, at: number) => void;
  readonly blur: (to: EventTarget | null) => void;
}

/** One row. Scrolling changes none of what it is given, so it is drawn once for as long as it is in sight. */
const Line = memo(function Line({
  grid,
  row,
  at,
  start,
  active,
  on,
}: {
  grid: GridProps<unknown>;
  row: unknown;
  at: number;
  start: number;
  active: boolean;
  on: RefObject<Handlers>;
}) {
  const key = grid.keyOf(row);
  return (
    <div
      role="row"
      data-key={key}
      aria-rowindex={at + 2}
      aria-label={grid.nameOf(row)}
      aria-selected={grid.selected?.(row)}
      tabIndex={active ? 0 : -1}
      onFocus={() => on.current.focus(key, at)}
      onBlur={({ relatedTarget }) => on.current.blur(relatedTarget)}
      onKeyDown={(event) => on.current.key(event, at, row)}
      onClick={() => grid.onClick(row)}
      style={{
        gridTemplateColumns: grid.columns,
        transform: `translateY(${start}px)`,
        height: grid.rowHeight,
      }}
      className={clsx(
        'group absolute inset-x-0 top-0 grid cursor-pointer items-center border-b hover:bg-raised focus-visible:-outline-offset-2',
        grid.lineClass,
        grid.rowClass?.(row),
      )}
    >
      {grid.renderCells(row)}
    </div>
  );
});

/** Calls back once for each time that the last row is in sight, and once more when there are more rows then. */
function useReachedEnd(reached: boolean, rows: number, onEnd: (() => void) | undefined): void {
  const end = useRef(onEnd);
  useEffect(() => {
    end.current = onEnd;
  });
  useEffect(() => {
    if (reached) end.current?.();
  }, [reached, rows]);
}

/** The rows scroll sideways together with the head: both are as wide. */
const leastWidth = (lineClass: string): string =>
  lineClass
    .split(' ')
    .filter((name) => name.startsWith('min-w-'))
    .join(' ');

/** `20px minmax(80px, 1fr)` are two. */
const columnCount = (columns: string): number =>
  columns
    .replaceAll(/\([^)]*\)/g, '')
    .trim()
    .split(/\s+/).length;
