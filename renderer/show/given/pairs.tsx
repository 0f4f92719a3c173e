import { Plus, Trash2 } from 'lucide-react';
import { Button, IconButton } from '../../ui/button.tsx';
import { focusOnMount, TextInput } from '../../ui/field.tsx';
import { newPair, type Pair } from './data.ts';

/** Names with values, one a line; what is wrong with one stands below it. */
export function Pairs({
  what,
  pairs,
  onChange,
  note,
  masked = false,
  hint = 'value',
  problems,
}: {
  what: string;
  pairs: readonly Pair[];
  onChange: (pairs: readonly Pair[]) => void;
  note: string;
  masked?: boolean;
  hint?: string;
  /** By the pair's id. */
  problems?: ReadonlyMap<number, string>;
}) {
  const edit = (id: number, change: Partial<Pair>): void =>
    onChange(pairs.map((pair) => (pair.id === id ? { ...pair, ...change } : pair)));
  return (
    <div className="flex flex-col gap-2">
      <p className="text-muted">{note}</p>
      {pairs.map((pair, index) => (
        <div key={pair.id} className="flex flex-wrap gap-2">
          <TextInput
            mono
            ref={pair.name === '' && pair.value === '' ? focusOnMount : null}
            className="w-56"
            aria-label={`Name of ${what} ${index + 1}`}
            placeholder="NAME"
            value={pair.name}
            onChange={(event) => edit(pair.id, { name: event.target.value })}
          />
          <TextInput
            mono
            className="flex-1"
            type={masked ? 'password' : 'text'}
            autoComplete={masked ? 'new-password' : 'off'}
            aria-label={`Value of ${what} ${index + 1}`}
            placeholder={hint}
            aria-invalid={problems?.has(pair.id)}
            value={pair.value}
            onChange={(event) => edit(pair.id, { value: event.target.value })}
          />
          <IconButton
            label={`Remove ${what} ${index + 1}`}
            icon={Trash2}
            onClick={() => onChange(pairs.filter((one) => one.id !== pair.id))}
          />
          {problems?.has(pair.id) && <span className="w-full text-sm text-red">{problems.get(pair.id)}</span>}
        </div>
      ))}
      <div>
        <Button size="sm" icon={Plus} onClick={() => onChange([...pairs, newPair()])}>
          Add {what}
        </Button>
      </div>
    </div>
  );
}
