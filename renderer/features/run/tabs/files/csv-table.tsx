/** The beginning of a table, as virtual rows of the part that scrolls around it. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef } from 'react';
import { count } from '../../../../show/format.ts';
import { tableOf } from './model/csv.ts';

const MOST = { rows: 5000, columns: 40 };
const ROW = 26;

export function CsvTable({ text }: { text: string }) {
  const { head, rows } = useMemo(() => tableOf(text, MOST), [text]);
  const table = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => table.current?.parentElement ?? null,
    estimateSize: () => ROW,
    overscan: 10,
  });
  const columns = { gridTemplateColumns: `repeat(${Math.max(1, head.length)}, minmax(96px, 1fr))` };
  const cell = 'truncate px-3 py-1';
  return (
    <div ref={table} role="table" aria-label="Table" aria-rowcount={rows.length + 1}>
      <div className="min-w-max">
        <div role="row" style={columns} className="sticky top-0 z-10 grid border-b bg-raised font-medium">
          {head.map((name, at) => (
            <span key={at} role="columnheader" className={cell} title={name}>
              {name}
            </span>
          ))}
        </div>
        <div className="relative" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => (
            <div
              key={item.key}
              role="row"
              aria-rowindex={item.index + 2}
              className="absolute inset-x-0 top-0 grid border-b font-mono text-sm"
              style={{ ...columns, height: ROW, transform: `translateY(${item.start}px)` }}
            >
              {head.map((_, at) => (
                <span key={at} role="cell" className={cell} title={rows[item.index]?.[at]}>
                  {rows[item.index]?.[at]}
                </span>
              ))}
            </div>
          ))}
        </div>
        <p className="sticky left-0 px-3 py-1.5 text-sm text-muted">{count(rows.length, 'row')}</p>
      </div>
    </div>
  );
}
