/** Hosts as virtual rows: arrows move, Enter opens one with its single events. */
import { useVirtualizer } from '@tanstack/react-virtual';
import clsx from 'clsx';
import { ChevronRight } from 'lucide-react';
import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { showBytes } from '#shared/lib/units.ts';
import { Icon } from '../../../../ui/icon.tsx';
import { useNarrow } from '../../../../ui/use-narrow.ts';
import type { Denied } from '../../denied/use-denied.ts';
import { clock, exactClock, timeOfDay } from '../../model/clock.ts';
import { HostDetail } from './detail.tsx';
import { placeWords, type Host } from '#shared/policy/allowing/ledger.ts';
import { shownVerdict } from './model/rows.ts';
import { Strip } from './strip.tsx';
import { VerdictMark, VERDICTS } from '../../../../show/verdict-mark.tsx';

const ROW = 34;
const DETAIL = 160;

type Column = 'verdict' | 'host' | 'tries' | 'denied' | 'in' | 'out' | 'first' | 'last' | 'time' | 'rule';
const TITLES: Readonly<Record<Column, string>> = {
  verdict: 'Verdict',
  host: 'Host',
  tries: 'Tries',
  denied: 'Denied',
  in: 'Received',
  out: 'Sent',
  first: 'First',
  last: 'Last',
  time: 'Timeline',
  rule: 'Rule',
};
const WIDTHS: Readonly<Record<Column, string>> = {
  verdict: '116px',
  host: 'minmax(144px,1.5fr)',
  tries: '52px',
  denied: '56px',
  in: '72px',
  out: '72px',
  first: '52px',
  last: '52px',
  time: 'minmax(148px,1fr)',
  rule: 'minmax(120px,1.5fr)',
};
const NUMBERS: readonly Column[] = ['tries', 'denied', 'in', 'out', 'first', 'last'];
const WIDE: readonly Column[] = ['verdict', 'host', 'tries', 'denied', 'in', 'out', 'first', 'last', 'time', 'rule'];
const NARROW: readonly Column[] = ['verdict', 'host', 'tries', 'denied', 'in', 'out', 'time'];

interface Props {
  readonly hosts: readonly Host[];
  /** The time axis, epoch ms. */
  readonly from: number;
  readonly to: number;
  readonly denied: Denied;
  readonly onAgain: (set: Readonly<Record<string, string>>) => void;
}

export function HostGrid({ hosts, from, to, denied, onAgain }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const columns = useNarrow() ? NARROW : WIDE;
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [active, setActive] = useState<string | null>(null);
  const items = useMemo(
    () =>
      hosts.flatMap((host, at) => [
        { host, at, detail: false },
        ...(open.has(host.key) ? [{ host, at, detail: true }] : []),
      ]),
    [hosts, open],
  );
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (items[index]?.detail ? DETAIL : ROW),
    getItemKey: (index) => `${items[index]?.detail ? 'detail' : 'host'} ${items[index]?.host.key}`,
    overscan: 8,
    initialRect: { width: 900, height: 300 },
  });
  const grid = { gridTemplateColumns: `16px ${columns.map((column) => WIDTHS[column]).join(' ')}` };
  const activeKey = hosts.some(({ key }) => key === active) ? active : (hosts[0]?.key ?? null);

  const toggle = (key: string, on = !open.has(key)): void =>
    setOpen((before) => {
      const after = new Set(before);
      if (on) after.add(key);
      else after.delete(key);
      return after;
    });
  const focusRow = (at: number): void => {
    const host = hosts[Math.min(hosts.length - 1, Math.max(0, at))];
    if (!host) return;
    setActive(host.key);
    rows.scrollToIndex(items.findIndex((item) => item.host === host && !item.detail));
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(host.key)}"]`)?.focus(),
    );
  };
  const onKeyDown = (event: KeyboardEvent, at: number, host: Host): void => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? ROW) / ROW) - 2);
    const moves: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: hosts.length - 1,
      PageDown: at + page,
      PageUp: at - page,
    };
    const next = moves[event.key];
    if (next !== undefined) focusRow(next);
    else if (event.key === 'Enter' || event.key === ' ') toggle(host.key);
    else if (event.key === 'ArrowRight') toggle(host.key, true);
    else if (event.key === 'ArrowLeft') toggle(host.key, false);
    else return;
    event.preventDefault();
  };

  return (
    <div
      role="grid"
      aria-label="Hosts"
      aria-rowcount={hosts.length + 1}
      className="relative flex min-h-0 flex-1 flex-col overflow-x-auto"
    >
      <div
        role="row"
        aria-rowindex={1}
        style={grid}
        className="grid h-7 min-w-180 shrink-0 items-center gap-x-3 border-b px-4 text-sm text-muted"
      >
        <div role="columnheader">
          <span className="sr-only">Opened</span>
        </div>
        {columns.map((column) => (
          <div key={column} role="columnheader" className={clsx('truncate', NUMBERS.includes(column) && 'text-right')}>
            {column === 'time' ? <AxisTitle from={from} to={to} /> : TITLES[column]}
          </div>
        ))}
      </div>
      <div ref={scroller} role="rowgroup" className="min-h-0 min-w-180 flex-1 overflow-x-hidden overflow-y-auto">
        <div role="presentation" style={{ height: rows.getTotalSize() }} className="relative">
          {rows.getVirtualItems().map((item) => {
            const entry = items[item.index];
            if (!entry) return null;
            const { host, at, detail } = entry;
            const place = { transform: `translateY(${item.start}px)` };
            if (detail)
              return (
                <div
                  key={item.key}
                  ref={rows.measureElement}
                  data-index={item.index}
                  role="row"
                  style={place}
                  className="absolute inset-x-0 top-0 border-b bg-background"
                >
                  <div role="gridcell" aria-colspan={columns.length + 1}>
                    <HostDetail host={host} origin={from} denied={denied} onAgain={onAgain} />
                  </div>
                </div>
              );
            const opened = open.has(host.key);
            const verdict = shownVerdict(host, denied.kept.keys);
            return (
              <div
                key={item.key}
                data-row={host.key}
                data-index={item.index}
                ref={rows.measureElement}
                role="row"
                aria-rowindex={at + 2}
                aria-label={`${host.host ?? 'other hosts'}, ${VERDICTS[verdict].word}, ${opened ? 'opened' : 'closed'}`}
                tabIndex={host.key === activeKey ? 0 : -1}
                onFocus={() => setActive(host.key)}
                onKeyDown={(event) => onKeyDown(event, at, host)}
                onClick={() => toggle(host.key)}
                style={{ ...grid, ...place, height: ROW }}
                className="absolute inset-x-0 top-0 grid cursor-pointer items-center gap-x-3 border-b px-4 hover:bg-raised focus-visible:-outline-offset-2"
              >
                <div role="gridcell" className="text-muted">
                  <Icon of={ChevronRight} size={14} className={opened ? 'rotate-90' : ''} />
                </div>
                {columns.map((column) => (
                  <div
                    key={column}
                    role="gridcell"
                    className={clsx(
                      'min-w-0 truncate leading-5',
                      NUMBERS.includes(column) && 'text-right font-mono text-sm',
                    )}
                  >
                    {cellOf(column, host, verdict, from, to)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** Its ends as times since the start, and what the two sides of the line mean. */
function AxisTitle({ from, to }: { from: number; to: number }) {
  return (
    <span className="flex justify-between gap-2 font-mono" title="Above the line denied, below it allowed">
      <span>00:00</span>
      <span className="truncate font-sans">Timeline</span>
      <span>{clock(to - from)}</span>
    </span>
  );
}

const moment = (at: number, from: number): React.ReactNode => (
  <time title={`${exactClock(at - from)}, at ${timeOfDay(at)}`}>{clock(at - from)}</time>
);

function cellOf(
  column: Column,
  host: Host,
  verdict: ReturnType<typeof shownVerdict>,
  from: number,
  to: number,
): React.ReactNode {
  switch (column) {
    case 'verdict':
      return <VerdictMark verdict={verdict} />;
    case 'host': {
      const ports = placeWords(host.places);
      return (
        <span
          title={`${host.host ?? 'Hosts beyond the first thousand different attempts'}${ports === '' ? '' : `, port ${ports}`}`}
        >
          <span className={host.host === null ? '' : 'font-mono text-sm'}>{host.host ?? 'other hosts'}</span>
          {ports !== '' && <span className="ml-1.5 font-mono text-sm text-muted">:{ports}</span>}
        </span>
      );
    }
    case 'tries':
      return (
        <span
          title={`${host.lookups.toLocaleString('en')} lookups and ${host.connections.toLocaleString('en')} connections`}
        >
          {(host.lookups + host.connections).toLocaleString('en')}
        </span>
      );
    case 'denied':
      return <span className={host.denied > 0 ? 'text-red' : 'text-muted'}>{host.denied.toLocaleString('en')}</span>;
    case 'in':
      return host.bytesIn === 0 ? <span className="text-muted">0</span> : showBytes(host.bytesIn);
    case 'out':
      return host.bytesOut === 0 ? <span className="text-muted">0</span> : showBytes(host.bytesOut);
    case 'first':
      return moment(host.first, from);
    case 'last':
      return moment(host.last, from);
    case 'time':
      return <Strip events={host.events} from={from} to={to} />;
    case 'rule':
      return (
        <code className="font-mono text-sm text-muted" title={`${host.rule}: ${host.why}`}>
          {host.rule}
        </code>
      );
  }
}
