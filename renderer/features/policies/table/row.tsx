import type { VirtualItem } from '@tanstack/react-virtual';
import clsx from 'clsx';
import { ArrowDownToLine } from 'lucide-react';
import type { CSSProperties } from 'react';
import type { PolicyContext } from '#shared/contract/policies.ts';
import type { FieldPath } from '#shared/domain/policy.ts';
import { anyField } from '#shared/policy/fields.ts';
import { EnforcementMark } from '../../../show/enforcement.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { effectiveOf, LEVEL_DOCUMENTS } from '../draft/meaning.ts';
import { shownDraft, useDrafts } from '../draft/store.ts';
import { CellEditor } from './cell-editor.tsx';
import { cellOf, type Column } from './model.ts';

type Done = (taken: { readonly value: unknown } | null, back: boolean) => void;

export function GroupRow({
  group,
  index,
  span,
  place,
}: {
  group: string;
  index: number;
  span: number;
  place: CSSProperties;
}) {
  return (
    <div role="row" aria-rowindex={index} className="absolute inset-x-0 flex border-b bg-raised" style={place}>
      <div role="rowheader" aria-colspan={span} className="sticky left-0 flex items-center px-4 font-semibold">
        {group}
      </div>
    </div>
  );
}

export function FieldRow({
  path,
  at,
  place,
  left,
  right,
  columns,
  shown,
  context,
  selected,
  activeColumn,
  editing,
  onActive,
  onAct,
  onDone,
}: {
  path: FieldPath;
  at: number;
  place: CSSProperties;
  left: number;
  right: number;
  columns: readonly Column[];
  shown: readonly VirtualItem[];
  context: PolicyContext;
  selected: string | null;
  activeColumn: number | null;
  /** The policy whose cell of this row is edited. */
  editing: string | null;
  onActive: (column: number) => void;
  onAct: (column: number) => void;
  onDone: (column: number, ...args: Parameters<Done>) => void;
}) {
  const field = anyField(path);
  const fact = context.capabilities ? field.enforcement(context.capabilities) : null;
  const last = columns.length + 1;
  return (
    <div role="row" aria-rowindex={at + 1} className="group absolute inset-x-0 flex border-b bg-panel" style={place}>
      <div
        role="rowheader"
        aria-colindex={1}
        data-cell={`${at}:0`}
        tabIndex={activeColumn === 0 ? 0 : -1}
        onFocus={() => onActive(0)}
        title={`${path}: ${field.help.replaceAll('`', '')}`}
        className="sticky left-0 z-10 flex shrink-0 items-center border-r bg-panel pr-2 pl-4 text-muted group-hover:bg-raised focus-visible:-outline-offset-2"
        style={{ width: left }}
      >
        <span className="truncate">{field.label.replace('On breach', 'Breach')}</span>
      </div>
      {shown.map((item) => {
        const column = columns[item.index];
        if (!column) return null;
        const index = item.index + 1;
        return (
          <ValueCell
            key={item.key}
            path={path}
            at={at}
            index={index}
            column={column}
            context={context}
            place={{ left: item.start, width: item.size }}
            active={activeColumn === index}
            selected={column.kind === 'policy' && column.policy.name === selected}
            editing={column.kind === 'policy' && column.policy.name === editing}
            onActive={onActive}
            onAct={onAct}
            onDone={onDone}
          />
        );
      })}
      <div
        role="gridcell"
        aria-colindex={last + 1}
        data-cell={`${at}:${last}`}
        tabIndex={activeColumn === last ? 0 : -1}
        onFocus={() => onActive(last)}
        className="sticky right-0 z-10 ml-auto flex shrink-0 items-center border-l bg-panel px-3 group-hover:bg-raised focus-visible:-outline-offset-2"
        style={{ width: right }}
      >
        <EnforcementMark state={fact?.state ?? null} why={fact?.why ?? ''} />
      </div>
    </div>
  );
}

function ValueCell({
  path,
  at,
  index,
  column,
  context,
  place,
  active,
  selected,
  editing,
  onActive,
  onAct,
  onDone,
}: {
  path: FieldPath;
  at: number;
  index: number;
  column: Column;
  context: PolicyContext;
  place: CSSProperties;
  active: boolean;
  selected: boolean;
  editing: boolean;
  onActive: (column: number) => void;
  onAct: (column: number) => void;
  onDone: (column: number, ...args: Parameters<Done>) => void;
}) {
  const own = column.kind === 'policy' ? column.policy : null;
  // The value object is the same while the value is, so a slider redraws one cell of the table.
  const drafted = useDrafts((state) => (own === null ? undefined : shownDraft(state.opened[own.name])?.fields[path]));
  const level = useDrafts((state) => (own === null ? undefined : shownDraft(state.opened[own.name])?.level));
  const document = own === null ? LEVEL_DOCUMENTS[column.kind === 'level' ? column.level : 'untrusted'] : own.document;
  const kept = document === null ? null : effectiveOf(document, context);
  const found = drafted ?? kept?.fields[path] ?? null;
  const cell = cellOf(level ?? kept?.level ?? 'untrusted', found, path, context);
  const asked = found?.clampedFrom ?? found?.value;
  const name = own?.name ?? '';
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the grid has the keys
    <div
      role="gridcell"
      aria-colindex={index + 1}
      data-cell={`${at}:${index}`}
      tabIndex={active ? 0 : -1}
      onFocus={(event) => event.target === event.currentTarget && onActive(index)}
      onClick={() => !editing && own !== null && onAct(index)}
      title={
        cell.asked === null ? cell.full : `${cell.full}; ${cell.asked} was asked for, a ceiling of the settings cut it`
      }
      className={clsx(
        'absolute inset-y-0 flex items-center gap-1 font-mono text-sm focus-visible:-outline-offset-2',
        editing ? 'z-20' : 'px-2',
        own !== null && !editing && 'cursor-text hover:ring-1 hover:ring-line-strong hover:ring-inset',
        selected && !cell.changed && 'bg-background',
        cell.changed && !editing && 'border-l-2 border-accent bg-accent-pale pl-1.5 font-semibold text-accent',
      )}
      style={place}
    >
      {editing ? (
        <CellEditor
          path={path}
          value={asked}
          label={`${anyField(path).label} of ${name}`}
          onDone={(taken, back) => onDone(index, taken, back)}
        />
      ) : (
        <>
          <span className="truncate">{cell.text}</span>
          {cell.asked !== null && (
            <Icon of={ArrowDownToLine} size={12} className="text-amber" label="cut by a ceiling" />
          )}
          {cell.changed && <span className="sr-only">, changed</span>}
        </>
      )}
    </div>
  );
}
