import type { FieldPath, ListChange, ListPath } from '#shared/domain/policy.ts';
import type { Field } from '#shared/policy/field.ts';
import { isListPath } from '#shared/policy/fields.ts';
import { changeList } from '#shared/policy/merge/overlay.ts';
import { Choice } from '../../../../ui/field.tsx';
import { changeTo, type Edit } from '../../draft/edit.ts';
import { AddEntry, Entries } from './rows.tsx';

const EXAMPLES: Readonly<Partial<Record<FieldPath, string>>> = {
  'network.allow': 'api.example.org:443',
  'network.block': 'ads.example.org',
  'network.publish': '8080:80',
  'files.blocked_paths': '/etc/hostname',
  'files.access.read': '/usr',
  'files.access.write': '/workspace',
  'files.access.execute': '/usr/bin',
  'security.seccomp_rules': '-socket',
  'security.capabilities': 'NET_BIND_SERVICE',
  'run.entrypoint': 'python3',
  'run.command': 'main.py',
};

type Mode = 'replace' | 'change';

/** Words one per line: the policy's own list, or what it adds to and takes from the one below. */
export function WordList({
  path,
  field,
  value,
  below,
  change,
  set,
  disabled,
  onEdit,
}: {
  path: FieldPath;
  field: Field<unknown>;
  value: readonly string[];
  below: readonly string[];
  change: ListChange | null;
  /** The policy says something about it. */
  set: boolean;
  disabled: boolean;
  onEdit: (edit: Edit) => void;
}) {
  const list: ListPath | null = isListPath(path) ? path : null;
  const mode: Mode = change === null && (set || below.length === 0) ? 'replace' : 'change';
  const put = (wanted: readonly string[], how: Mode): void => {
    if (how === 'change' && list !== null) onEdit({ to: 'change', field: list, change: changeTo(below, wanted) });
    else if (wanted.length === 0 && list === null) onEdit({ to: 'level-default', field: path });
    else onEdit({ to: 'value', field: path, value: wanted });
  };
  return (
    <div className="flex flex-col gap-2">
      {list !== null && (set || below.length > 0) && (
        <Choice
          label={`${field.label}: how the list is made`}
          value={mode}
          disabled={disabled}
          choices={[
            { value: 'change', text: below.length === 0 ? 'Add to what is below' : `Add to the ${below.length} below` },
            { value: 'replace', text: 'Only these' },
          ]}
          onChange={(next: Mode) => put(value, next)}
        />
      )}
      <Entries
        label={field.label}
        entries={value}
        change={set || below.length > 0 ? (mode === 'change' ? (change ?? { add: [], remove: [] }) : null) : null}
        disabled={disabled}
        onRemove={(entry) =>
          put(
            value.filter((one) => one !== entry),
            mode,
          )
        }
        onRestore={(entry) => put(changeList(value, { add: [entry], remove: [] }), mode)}
      />
      <AddEntry
        label={field.label}
        placeholder={EXAMPLES[path] ?? ''}
        kind={field.kind}
        disabled={disabled}
        onAdd={(entries) =>
          put(list === null ? [...value, ...entries] : changeList(value, { add: entries, remove: [] }), mode)
        }
      />
    </div>
  );
}
