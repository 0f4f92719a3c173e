import type { FieldPath, ListChange, Mount } from '#shared/domain/policy.ts';
import { anyField, isListPath } from '#shared/policy/fields.ts';
import { Choice, Switch } from '../../../../ui/field.tsx';
import type { Edit } from '../../draft/edit.ts';
import { Amount } from './amount.tsx';
import { WordList } from './list.tsx';
import { Mounts } from './mounts.tsx';
import { Pairs } from './pairs.tsx';
import { isAmount } from './scale.ts';
import { Typed } from './typed.tsx';

const NO_FOLDERS: readonly string[] = [];

/** The control of a field, by its kind. */
export function Control({
  path,
  value,
  below,
  change,
  set,
  ceiling,
  folders = NO_FOLDERS,
  describedBy,
  disabled,
  onEdit,
}: {
  path: FieldPath;
  /** What is asked for, before any ceiling. */
  value: unknown;
  below: unknown;
  change: ListChange | null;
  set: boolean;
  ceiling: unknown;
  folders?: readonly string[] | undefined;
  describedBy: string;
  disabled: boolean;
  onEdit: (edit: Edit) => void;
}) {
  const field = anyField(path);
  const { kind, label } = field;
  const put = (next: unknown): void => onEdit({ to: 'value', field: path, value: next });
  if (isAmount(kind))
    return (
      <Amount
        field={field}
        value={value}
        usual={below}
        ceiling={ceiling}
        describedBy={describedBy}
        disabled={disabled}
        onValue={put}
      />
    );
  if (kind.name === 'boolean')
    return (
      <span className="inline-flex items-center gap-2">
        <Switch label={label} checked={value === true} disabled={disabled} onChange={put} />
        <span>{value === true ? 'On' : 'Off'}</span>
      </span>
    );
  if (kind.name === 'choice' && kind.choices)
    return (
      <Choice
        label={label}
        describedBy={describedBy}
        value={String(value)}
        choices={kind.choices.map((choice) => ({ value: choice, text: choice }))}
        disabled={disabled}
        onChange={put}
      />
    );
  if (kind.name === 'map')
    return <Pairs field={field} value={value as Readonly<Record<string, string>>} disabled={disabled} onValue={put} />;
  if (path === 'files.mounts')
    return (
      <Mounts field={field} value={value as readonly Mount[]} folders={folders} disabled={disabled} onValue={put} />
    );
  if (kind.name === 'list')
    return (
      <WordList
        path={path}
        field={field}
        value={(value ?? []) as readonly string[]}
        below={(isListPath(path) ? (below ?? []) : []) as readonly string[]}
        change={change}
        set={set}
        disabled={disabled}
        onEdit={onEdit}
      />
    );
  return (
    <Typed
      label={label}
      kind={kind}
      value={value}
      describedBy={describedBy}
      disabled={disabled}
      className="w-full"
      onValue={put}
    />
  );
}
