import clsx from 'clsx';
import { Check } from 'lucide-react';
import { RadioGroup } from 'radix-ui';
import { useCallback } from 'react';
import { TRUST_LEVELS } from '#shared/domain/policy.ts';
import type { Runtime } from '#shared/domain/run.ts';
import { LevelChip } from '../../show/level-chip.tsx';
import { useClient, useLoad } from '../../state/client.tsx';
import { glued } from '../../show/format.ts';
import { Icon } from '../../ui/icon.tsx';
import { Skeleton } from '../../ui/states.tsx';
import { OwnPolicies } from './own-policies.tsx';

/** The four levels as cards and the own policies below them, chosen like radio buttons. `value` and `onChange`: a level's or a policy's name. */
export function LevelCards({
  runtime,
  value,
  onChange,
}: {
  runtime: Runtime;
  value: string;
  onChange: (name: string) => void;
}) {
  const client = useClient();
  const { data } = useLoad(useCallback(() => client.runs.levels({ runtime }), [client, runtime]));
  return (
    <RadioGroup.Root aria-label="Trust level or policy" value={value} onValueChange={onChange} className="@container">
      <div className="grid grid-cols-2 gap-2.5">
        {TRUST_LEVELS.map((level) => {
          const card = data?.find((one) => one.level === level);
          return (
            <RadioGroup.Item
              key={level}
              value={level}
              aria-label={level}
              className={clsx(
                'flex min-h-22 flex-col items-start rounded-md border bg-panel p-3 text-left transition-colors hover:border-line-strong',
                value === level && 'border-accent ring-1 ring-accent hover:border-accent',
              )}
            >
              <span className="flex w-full items-center">
                <LevelChip level={level} />
                <RadioGroup.Indicator className="ml-auto text-accent">
                  <Icon of={Check} />
                </RadioGroup.Indicator>
              </span>
              {card ? (
                <>
                  <span className="mt-1.5">{glued(card.headline)}</span>
                  <span className="text-sm text-muted">{glued(card.detail)}</span>
                  {!card.runnable && <span className="mt-1 text-sm text-amber">{card.whyNot}</span>}
                </>
              ) : (
                <>
                  <Skeleton className="mt-2.5 h-3.5 w-full" />
                  <Skeleton className="mt-2 h-3 w-2/3" />
                </>
              )}
            </RadioGroup.Item>
          );
        })}
      </div>
      <OwnPolicies value={value} />
    </RadioGroup.Root>
  );
}
