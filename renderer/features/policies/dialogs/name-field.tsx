import { useId, type Ref } from 'react';
import { nameProblem } from '#shared/policy/names.ts';
import { TextInput } from '../../../ui/field.tsx';
import { Prose } from '../../../ui/prose.tsx';

/** The name of a policy, with what is wrong with it said while it is typed. */
export function NameField({
  value,
  taken,
  onChange,
  inputRef,
  label = 'Name',
}: {
  value: string;
  taken: readonly string[];
  onChange: (name: string) => void;
  inputRef?: Ref<HTMLInputElement>;
  label?: string;
}) {
  const hint = useId();
  const problem = value === '' ? null : nameProblem(value);
  const there = taken.some((one) => one.toLowerCase() === value.toLowerCase());
  return (
    <div className="flex flex-col gap-1">
      <label className="flex flex-col gap-1">
        <span className="font-medium">{label}</span>
        <TextInput
          mono
          ref={inputRef}
          placeholder="price-bots"
          aria-describedby={hint}
          aria-invalid={problem !== null || there}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      </label>
      <p id={hint} aria-live="polite" className={`text-sm ${problem || there ? 'text-red' : 'text-muted'}`}>
        {there ? (
          `There is a policy ${value} already.`
        ) : problem ? (
          <Prose text={`${problem.why} ${problem.next}`} />
        ) : (
          'Also the name of its file: letters, digits, -, _ and dots.'
        )}
      </p>
    </div>
  );
}
