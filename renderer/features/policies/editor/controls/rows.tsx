import { Plus, RotateCcw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { toAppError } from '#shared/lib/app-error.ts';
import type { ListChange } from '#shared/domain/policy.ts';
import type { Kind } from '#shared/policy/field.ts';
import { Button, IconButton } from '../../../../ui/button.tsx';
import { TextInput } from '../../../../ui/field.tsx';
import { Prose } from '../../../../ui/prose.tsx';

/** A line to type one more entry into; several separated by commas are taken as several. */
export function AddEntry({
  label,
  placeholder,
  kind,
  disabled,
  onAdd,
}: {
  label: string;
  placeholder: string;
  kind: Pick<Kind<unknown>, 'parse'>;
  disabled: boolean;
  onAdd: (entries: readonly string[]) => void;
}) {
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState('');
  const add = (): void => {
    if (text.trim() === '') return;
    try {
      onAdd((kind.parse(text) ?? []) as readonly string[]);
      setText('');
    } catch (thrown) {
      const { message, why = '', next = '' } = toAppError(thrown);
      setWrong(`${message} ${why} ${next}`);
    }
  };
  return (
    <div>
      <div className="flex gap-2">
        <TextInput
          mono
          className="flex-1"
          aria-label={`Add to ${label}`}
          aria-invalid={wrong !== ''}
          placeholder={placeholder}
          disabled={disabled}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setWrong('');
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            add();
          }}
        />
        <Button icon={Plus} disabled={disabled || text.trim() === ''} onClick={add}>
          Add
        </Button>
      </div>
      {wrong !== '' && (
        <p role="alert" className="mt-1 text-sm text-red">
          <Prose text={wrong} />
        </p>
      )}
    </div>
  );
}

/** Entries of a list; those that came from below are muted, those taken away stay to be brought back. */
export function Entries({
  label,
  entries,
  change,
  disabled,
  onRemove,
  onRestore,
}: {
  label: string;
  entries: readonly string[];
  /** Set when the policy changes the list below instead of replacing it. */
  change: ListChange | null;
  disabled: boolean;
  onRemove: (entry: string) => void;
  onRestore: (entry: string) => void;
}) {
  const gone = change?.remove.filter((entry) => !entries.includes(entry)) ?? [];
  if (entries.length === 0 && gone.length === 0) return null;
  return (
    <ul aria-label={label} className="flex max-h-64 flex-col overflow-auto">
      {entries.map((entry, index) => {
        const inherited = change !== null && !change.add.includes(entry);
        return (
          <li
            key={`${index} ${entry}`}
            className="flex min-h-7 items-center gap-2 border-b border-line/60 last:border-b-0"
          >
            <code className="min-w-0 flex-1 font-mono text-sm break-all">{entry}</code>
            {inherited && <span className="text-sm text-muted">from below</span>}
            <IconButton
              label={`Remove ${entry}`}
              icon={Trash2}
              size="sm"
              disabled={disabled}
              onClick={() => onRemove(entry)}
            />
          </li>
        );
      })}
      {gone.map((entry) => (
        <li
          key={`gone ${entry}`}
          className="flex min-h-7 items-center gap-2 border-b border-line/60 text-muted last:border-b-0"
        >
          <code className="min-w-0 flex-1 font-mono text-sm break-all line-through">{entry}</code>
          <span className="text-sm">taken away</span>
          <IconButton
            label={`Bring ${entry} back`}
            icon={RotateCcw}
            size="sm"
            disabled={disabled}
            onClick={() => onRestore(entry)}
          />
        </li>
      ))}
    </ul>
  );
}
