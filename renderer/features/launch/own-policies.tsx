import clsx from 'clsx';
import { Check, CircleX } from 'lucide-react';
import { RadioGroup } from 'radix-ui';
import { useMemo, useState } from 'react';
import type { OwnPolicy } from '#shared/contract/policies.ts';
import { resolve } from '#shared/policy/merge/resolve.ts';
import { summary } from '#shared/policy/say/summary.ts';
import { glued } from '../../show/format.ts';
import { LevelChip } from '../../show/level-chip.tsx';
import { NO_POLICIES, usePolicies } from '../../state/policies.ts';
import { hrefOf } from '../../state/route.ts';
import { TextInput } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';

/** From this many on, they can be searched. */
const MANY = 8;
/** Rows drawn at most; more are found by typing. */
const SHOWN = 50;

/** The own policies as rows of the radio group around them. */
export function OwnPolicies({ value }: { value: string }) {
  const policies = usePolicies((state) => state.policies ?? NO_POLICIES);
  const [text, setText] = useState('');
  const wanted = text.trim().toLowerCase();
  const found = useMemo(
    () =>
      policies.filter(({ name, document }) => `${name} ${document?.description ?? ''}`.toLowerCase().includes(wanted)),
    [policies, wanted],
  );
  if (policies.length === 0) return null;
  const chosen = policies.find(({ name }) => name === value);
  const rows = found.slice(0, SHOWN);
  return (
    <section aria-label="Own policies" className="mt-2.5">
      <header className="mb-1.5 flex items-center gap-2">
        <h3 className="text-muted">Own policies</h3>
        {policies.length >= MANY && (
          <TextInput
            aria-label="Find a policy"
            placeholder={`Find one of ${policies.length}`}
            className="ml-auto w-44"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
        <a
          href={hrefOf({ at: 'policies' })}
          className={clsx('rounded text-sm text-accent hover:underline', policies.length < MANY && 'ml-auto')}
        >
          Edit policies
        </a>
      </header>
      <div className="max-h-44 overflow-auto rounded-md border bg-panel">
        {chosen && !rows.includes(chosen) && <PolicyRow policy={chosen} chosen />}
        {rows.map((policy) => (
          <PolicyRow key={policy.name} policy={policy} chosen={policy.name === value} />
        ))}
        {found.length === 0 && <p className="px-3 py-2 text-muted">No policy has that name.</p>}
        {found.length > SHOWN && (
          <p className="px-3 py-2 text-sm text-muted">{found.length - SHOWN} more: type a part of the name.</p>
        )}
      </div>
    </section>
  );
}

function PolicyRow({ policy, chosen }: { policy: OwnPolicy; chosen: boolean }) {
  const context = usePolicies((state) => state.context);
  const { name, document, problems } = policy;
  const effective = useMemo(
    () =>
      document === null || context === null
        ? null
        : resolve({
            values: context.values,
            ceilings: context.ceilings,
            fallback: 'untrusted',
            project: null,
            policy: document,
            run: { values: {}, changes: {} },
          }),
    [document, context],
  );
  const broken = problems.find(({ severity }) => severity === 'error');
  return (
    <RadioGroup.Item
      value={name}
      aria-label={name}
      disabled={document === null}
      className={clsx(
        'flex w-full items-center gap-2.5 border-b px-3 py-1.5 text-left last:border-b-0 hover:bg-raised disabled:opacity-55',
        chosen && 'bg-accent-pale',
      )}
    >
      <span className="min-w-0 flex-1">
        <span className="flex items-center gap-2">
          <span className="truncate font-medium">{name}</span>
          {effective && <LevelChip level={effective.level} />}
          {broken && (
            <span className="inline-flex items-center gap-1 text-sm text-red">
              <Icon of={CircleX} size={12} />
              {document === null ? 'broken' : 'file broken, last good version'}
            </span>
          )}
        </span>
        {effective && <span className="block truncate text-sm text-muted">{glued(summary(effective))}</span>}
      </span>
      <RadioGroup.Indicator className="text-accent">
        <Icon of={Check} />
      </RadioGroup.Indicator>
    </RadioGroup.Item>
  );
}
