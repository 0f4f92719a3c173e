import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Mount } from '#shared/domain/policy.ts';
import { toAppError } from '#shared/lib/app-error.ts';
import type { Field } from '#shared/policy/field.ts';
import { Button, IconButton } from '../../../../ui/button.tsx';
import { Select, TextInput } from '../../../../ui/field.tsx';
import { Prose } from '../../../../ui/prose.tsx';

const TYPES = [
  { value: 'bind', text: 'folder' },
  { value: 'volume', text: 'volume' },
  { value: 'tmpfs', text: 'memory' },
] as const;
const MODES = [
  { value: 'ro', text: 'read only' },
  { value: 'rw', text: 'read and write' },
] as const;

/** Folders that the script sees, one per row, and a row for one more. */
export function Mounts({
  field,
  value,
  folders,
  disabled,
  onValue,
}: {
  field: Field<unknown>;
  value: readonly Mount[];
  /** Folders of this machine that may be named. */
  folders: readonly string[];
  disabled: boolean;
  onValue: (value: readonly Mount[]) => void;
}) {
  const [type, setType] = useState<Mount['type']>('bind');
  const [source, setSource] = useState('');
  const [target, setTarget] = useState('');
  const [wrong, setWrong] = useState('');
  const add = (): void => {
    try {
      const added = field.kind.parse(`${type}:${type === 'tmpfs' ? '' : source.trim()}:${target.trim()}:ro`);
      onValue([...value, ...(added as readonly Mount[])]);
      setSource('');
      setTarget('');
    } catch (thrown) {
      const { message, why = '', next = '' } = toAppError(thrown);
      setWrong(`${message} ${why} ${next}`);
    }
  };
  const remove = (at: number): void => onValue(value.filter((_, index) => index !== at));
  return (
    <div className="flex flex-col gap-2">
      {value.length > 0 && (
        <table className="w-full border-collapse text-left">
          <caption className="sr-only">{field.label}</caption>
          <thead className="text-sm text-muted">
            <tr className="border-b">
              <th scope="col" className="py-1 pr-2 font-normal">
                On this machine
              </th>
              <th scope="col" className="py-1 pr-2 font-normal">
                In the sandbox
              </th>
              <th scope="col" className="py-1 pr-2 font-normal">
                May
              </th>
              <th scope="col">
                <span className="sr-only">Remove</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {value.map((mount, index) => (
              <tr key={`${mount.target} ${index}`} className="border-b border-line/60">
                <td className="py-1 pr-2 font-mono text-sm break-all">{mount.source ?? 'memory'}</td>
                <td className="py-1 pr-2 font-mono text-sm break-all">{mount.target}</td>
                <td className="py-1 pr-2">
                  <Select
                    label={`What the script may do in ${mount.target}`}
                    value={mount.mode}
                    options={MODES}
                    disabled={disabled}
                    onChange={(mode) => onValue(value.with(index, { ...mount, mode }))}
                  />
                </td>
                <td className="py-1 text-right">
                  <IconButton
                    label={`Remove ${mount.target}`}
                    icon={Trash2}
                    size="sm"
                    disabled={disabled}
                    onClick={() => remove(index)}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div className="flex flex-wrap gap-2">
        <Select label="What is mounted" value={type} options={TYPES} disabled={disabled} onChange={setType} />
        {type !== 'tmpfs' && (
          <TextInput
            mono
            className="min-w-28 flex-1"
            aria-label="Folder on this machine"
            placeholder={type === 'bind' ? './data' : 'name'}
            list="mount-folders"
            disabled={disabled}
            value={source}
            onChange={(event) => {
              setSource(event.target.value);
              setWrong('');
            }}
          />
        )}
        <TextInput
          mono
          className="min-w-28 flex-1"
          aria-label="Path in the sandbox"
          placeholder="/data"
          aria-invalid={wrong !== ''}
          disabled={disabled}
          value={target}
          onChange={(event) => {
            setTarget(event.target.value);
            setWrong('');
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            add();
          }}
        />
        <Button icon={Plus} disabled={disabled || target.trim() === ''} onClick={add}>
          Add
        </Button>
        <datalist id="mount-folders">
          {folders.map((folder) => (
            <option key={folder}>{folder}</option>
          ))}
        </datalist>
      </div>
      {wrong !== '' && (
        <p role="alert" className="text-sm text-red">
          <Prose text={wrong} />
        </p>
      )}
    </div>
  );
}
