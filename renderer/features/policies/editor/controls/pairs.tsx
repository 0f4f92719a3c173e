import { Trash2 } from 'lucide-react';
import type { Field } from '#shared/policy/field.ts';
import { IconButton } from '../../../../ui/button.tsx';
import { AddPair } from './add-pair.tsx';
import { Typed } from './typed.tsx';

const TEXT = { parse: (text: string): unknown => text, format: String };

/** Names with values, one per line. */
export function Pairs({
  field,
  value,
  disabled,
  onValue,
}: {
  field: Field<unknown>;
  value: Readonly<Record<string, string>>;
  disabled: boolean;
  onValue: (value: Readonly<Record<string, string>>) => void;
}) {
  const entries = Object.entries(value);
  return (
    <div className="flex flex-col gap-2">
      {entries.length > 0 && (
        <ul aria-label={field.label} className="flex flex-col gap-1.5">
          {entries.map(([name, text]) => (
            <li key={name} className="flex items-start gap-2">
              <code className="w-2/5 min-w-0 py-1.5 font-mono text-sm break-all">{name}</code>
              <Typed
                label={`Value of ${name}`}
                kind={TEXT}
                value={text}
                disabled={disabled}
                className="flex-1"
                onValue={(next) => onValue({ ...value, [name]: String(next) })}
              />
              <IconButton
                label={`Remove ${name}`}
                icon={Trash2}
                disabled={disabled}
                onClick={() => onValue(Object.fromEntries(entries.filter(([one]) => one !== name)))}
              />
            </li>
          ))}
        </ul>
      )}
      <AddPair field={field} disabled={disabled} onAdd={(added) => onValue({ ...value, ...added })} />
    </div>
  );
}
