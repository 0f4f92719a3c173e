import { Check, KeyRound } from 'lucide-react';
import { showName } from '#shared/script/display.ts';
import { Card } from '../../../ui/card.tsx';
import { TextInput } from '../../../ui/field.tsx';
import { Icon } from '../../../ui/icon.tsx';

/** A field for each secret that the file asks for. */
export function SecretFields({
  names,
  values,
  onChange,
}: {
  names: readonly string[];
  values: Readonly<Record<string, string>>;
  onChange: (values: Readonly<Record<string, string>>) => void;
}) {
  return (
    <div className="flex flex-col gap-2">
      <p className="text-muted">
        Given to the steps that name them, and never recorded: not in the history, the log or on the disk.
      </p>
      {names.map((name) => (
        <div key={name} className="flex items-center gap-3">
          <span className="inline-flex w-48 min-w-0 shrink-0 items-center gap-2">
            <Icon
              of={values[name] ? Check : KeyRound}
              size={14}
              className={values[name] ? 'text-accent' : 'text-amber'}
              label={values[name] ? 'given' : 'missing'}
            />
            <span className="truncate font-mono text-sm" title={showName(name)}>
              {showName(name)}
            </span>
          </span>
          <TextInput
            mono
            type="password"
            autoComplete="new-password"
            className="flex-1"
            aria-label={`Value of the secret ${showName(name)}`}
            placeholder="value"
            value={values[name] ?? ''}
            onChange={(event) => onChange({ ...values, [name]: event.target.value })}
          />
        </div>
      ))}
    </div>
  );
}

/** {@link SecretFields} as a part of the sheet. */
export function Secrets(props: Parameters<typeof SecretFields>[0]) {
  return (
    <Card title="Secrets that the file asks for">
      <SecretFields {...props} />
    </Card>
  );
}
