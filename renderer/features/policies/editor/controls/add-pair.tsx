import { Plus } from 'lucide-react';
import { useRef, useState } from 'react';
import { toAppError } from '#shared/lib/app-error.ts';
import type { Field } from '#shared/policy/field.ts';
import { Button } from '../../../../ui/button.tsx';
import { TextInput } from '../../../../ui/field.tsx';
import { Prose } from '../../../../ui/prose.tsx';

/** A line for one more name and its value. */
export function AddPair({
  field,
  disabled,
  onAdd,
}: {
  field: Field<unknown>;
  disabled: boolean;
  onAdd: (added: Readonly<Record<string, string>>) => void;
}) {
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  const [wrong, setWrong] = useState('');
  const first = useRef<HTMLInputElement>(null);
  const add = (): void => {
    if (name.trim() === '') return;
    try {
      // The name is checked by the field itself; the value is free, commas included.
      const [known = name.trim()] = Object.keys(field.kind.parse(`${name.trim()}=x`) as Record<string, string>);
      onAdd({ [known]: value });
      setName('');
      setValue('');
      first.current?.focus();
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
          ref={first}
          className="w-2/5"
          aria-label={`New name of ${field.label}`}
          placeholder="name"
          aria-invalid={wrong !== ''}
          disabled={disabled}
          value={name}
          onChange={(event) => {
            setName(event.target.value);
            setWrong('');
          }}
        />
        <TextInput
          mono
          className="flex-1"
          aria-label={`New value of ${field.label}`}
          placeholder="value"
          disabled={disabled}
          value={value}
          onChange={(event) => setValue(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            add();
          }}
        />
        <Button icon={Plus} disabled={disabled || name.trim() === ''} onClick={add}>
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
