/** Hosts as virtual rows: arrows move, Enter opens one with its single events. */
import clsx from 'clsx';
import { ChevronRight } from 'lucide-react';
import { useState, type KeyboardEvent } from 'react';
import { showBytes } from '#shared/lib/units.ts';
import { Grid } from '../../../../ui/tables/grid.tsx';
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
const keyOf = ({ key }: Host): string => key;

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
  const columns = useNarrow() ? NARROW : WIDE;
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const toggle = (key: string, on = !open.has(key)): void =>
    setOpen((before) => {
      const after = new Set(before);
      if (on) after.add(key);
      else after.delete(key);
      return after;
    });
  const onKey = ({ key: pressed }: KeyboardEvent, { key }: Host): boolean => {
    if (pressed === 'Enter' || pressed === ' ') toggle(key);
    else if (pressed === 'ArrowRight') toggle(key, true);
    else if (pressed === 'ArrowLeft') toggle(key, false);
    else return false;
    return true;
  };
  const verdictOf = (host: Host): ReturnType<typeof shownVerdict> => shownVerdict(host, denied.kept.keys);
  const isNumber = (column: Column): boolean => NUMBERS.includes(column);
  return (
    <Grid
      label="Hosts"
      rows={hosts}
      keyOf={keyOf}
      nameOf={(host) =>
        `${host.host ?? 'other hosts'}, ${VERDICTS[verdictOf(host)].word}, ${open.has(host.key) ? 'opened' : 'closed'}`
      }
      rowHeight={ROW}
      columns={`16px ${columns.map((column) => WIDTHS[column]).join(' ')}`}
      lineClass="min-w-180 gap-x-3 px-4"
      headClass="h-7"
      open={open}
      renderDetail={(host) => <HostDetail host={host} origin={from} denied={denied} onAgain={onAgain} />}
      onClick={({ key }) => toggle(key)}
      onKey={onKey}
      head={
        <>
          <div role="columnheader">
            <span className="sr-only">Opened</span>
          </div>
          {columns.map((column) => (
            <div key={column} role="columnheader" className={clsx('truncate', isNumber(column) && 'text-right')}>
              {column === 'time' ? <AxisTitle from={from} to={to} /> : TITLES[column]}
            </div>
          ))}
        </>
      }
      renderCells={(host) => (
        <>
          <div role="gridcell" className="text-muted">
            <Icon of={ChevronRight} size={14} className={open.has(host.key) ? 'rotate-90' : ''} />
          </div>
          {columns.map((column) => (
            <div
              key={column}
              role="gridcell"
              className={clsx('min-w-0 truncate leading-5', isNumber(column) && 'text-right font-mono text-sm')}
            >
              {cellOf(column, host, verdictOf(host), from, to)}
            </div>
          ))}
        </>
      )}
    />
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
