import clsx from 'clsx';
import { CircleX, ShieldAlert } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import type { AuditRow } from '#shared/contract/audit.ts';
import { exact } from '../../show/format.ts';
import { Chip } from '../../ui/chip.tsx';
import { Grid } from '../../ui/tables/grid.tsx';
import { Icon } from '../../ui/icon.tsx';
import { actionIcon, outcomeOf } from './look.ts';

const ROW = 32;
const COLUMNS = '56px 172px minmax(80px,0.6fr) minmax(128px,0.9fr) minmax(64px,2fr) minmax(124px,0.8fr)';
const keyOf = ({ at }: AuditRow): string => String(at);
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
  const onKey = (event: KeyboardEvent, row: AuditRow): boolean => {
    if (event.key === 'Enter' || event.key === ' ') onSelect(selected === row.at ? null : row.at);
    else if (event.key === 'Escape' && selected !== null) onSelect(null);
    else return false;
    return true;
  };
  return (
    <Grid
      label="Records"
      rows={rows}
      keyOf={keyOf}
      nameOf={(row) => nameOf(row, row.at === broken)}
      rowHeight={ROW}
      columns={COLUMNS}
      lineClass="min-w-174 gap-2 px-4"
      headClass="h-9 bg-panel"
      rowClass={({ at }) => (at === broken ? 'bg-red-pale' : at === selected ? 'bg-accent-pale' : 'bg-panel')}
      unbounded
      selected={({ at }) => at === selected}
      current={selected === null ? null : String(selected)}
      onClick={({ at }) => onSelect(at === selected ? null : at)}
      onKey={onKey}
      onMove={({ at }) => {
        if (selected !== null) onSelect(at);
      }}
      onEnd={onEnd}
      head={TITLES.map((title) => (
        <div key={title} role="columnheader" className={clsx('font-medium', title === 'Number' && 'text-right')}>
          {title}
        </div>
      ))}
      renderCells={(row) => <Cells row={row} broken={row.at === broken} />}
    />
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
