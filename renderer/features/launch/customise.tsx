import { Undo2 } from 'lucide-react';
import { useId, useState } from 'react';
import type { Plan, PlanField } from '#shared/contract/runs.ts';
import { EnforcementMark } from '../../show/enforcement.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Chip } from '../../ui/chip.tsx';
import { Dialog } from '../../ui/layers/dialog.tsx';
import { ErrorCard, type ShownError } from '../../ui/error-card.tsx';
import { TextInput } from '../../ui/field.tsx';
import { setFields } from './store.ts';

/** Every field of the policy as text with its unit, for this run only. */
export function Customise({
  plan,
  set,
  error,
  onClose,
}: {
  plan: Plan;
  set: Readonly<Record<string, string>>;
  error: ShownError | null;
  onClose: () => void;
}) {
  const [text, setText] = useState('');
  const wanted = text.toLowerCase();
  const fields = plan.fields.filter((field) =>
    `${field.label} ${field.field} ${field.group}`.toLowerCase().includes(wanted),
  );
  const changed = Object.keys(set).length;
  return (
    <Dialog
      wide
      title="Customise this run"
      description="Changes hold for this run only. Amounts are written with a unit: 64 MiB, 30 s, 50 %."
      onClose={onClose}
      footer={
        <>
          <span className="text-muted">
            {changed === 0 ? `As ${plan.policy} says` : `${changed} changed for this run`}
          </span>
          <span className="flex-1" />
          <Button
            icon={Undo2}
            disabled={changed === 0}
            onClick={() => setFields(Object.fromEntries(Object.keys(set).map((field) => [field, null])))}
          >
            Revert all
          </Button>
          <Button variant="primary" onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <div className="sticky top-0 z-10 flex flex-col gap-2 border-b bg-panel px-4 py-2">
        <TextInput
          aria-label="Find a setting"
          placeholder="Find a setting"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        {error && <ErrorCard error={error} />}
      </div>
      {[...Map.groupBy(fields, (field) => field.group)].map(([group, of]) => (
        <section key={group} aria-label={group}>
          <h3 className="border-b bg-raised px-4 py-1 text-sm font-semibold">{group}</h3>
          {of.map((field) => (
            <FieldRow
              key={field.field}
              field={field}
              typed={set[field.field]}
              wrong={error?.message.startsWith(`${field.field}:`) ?? false}
            />
          ))}
        </section>
      ))}
    </Dialog>
  );
}

function FieldRow({ field, typed, wrong }: { field: PlanField; typed: string | undefined; wrong: boolean }) {
  const id = useId();
  const [text, setText] = useState<string | null>(null);
  const put = (): void => {
    if (text !== null && text !== (typed ?? field.value)) setFields({ [field.field]: text });
    setText(null);
  };
  return (
    <div className="grid grid-cols-[minmax(150px,1fr)_minmax(150px,1fr)_150px_104px_28px] max-[760px]:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_28px] items-center gap-3 border-b px-4 py-1.5">
      <label htmlFor={id} className="min-w-0">
        <span className="block truncate">{field.label}</span>
        <span className="block truncate font-mono text-xs text-muted">{field.field}</span>
      </label>
      <TextInput
        id={id}
        mono
        aria-invalid={wrong}
        value={text ?? typed ?? field.value}
        onChange={(event) => setText(event.target.value)}
        onBlur={put}
        onKeyDown={(event) => {
          if (event.key === 'Enter') put();
        }}
        className={typed === undefined ? '' : 'border-accent bg-accent-pale'}
      />
      <span className="flex min-w-0 items-center gap-1 max-[760px]:order-1">
        <Chip tone={field.tier === 'run' ? 'accent' : 'neutral'}>{field.source}</Chip>
        {field.clampedFrom && (
          <Chip tone="amber" title={`${field.clampedFrom} was asked; a ceiling in the settings cut it`}>
            ceiling
          </Chip>
        )}
      </span>
      <span className="text-sm max-[760px]:order-1">
        <EnforcementMark state={field.enforcement} why={field.enforcementWhy} />
      </span>
      {typed === undefined ? (
        <span />
      ) : (
        <IconButton
          label={`Revert ${field.label}`}
          icon={Undo2}
          size="sm"
          onClick={() => setFields({ [field.field]: null })}
        />
      )}
    </div>
  );
}
