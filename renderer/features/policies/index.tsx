/** What the four levels give, side by side; reading only until the editor exists. */
import { CircleCheck, CircleMinus, TriangleAlert } from 'lucide-react';
import { Fragment, useCallback, useState } from 'react';
import type { Plan, PlanField } from '#shared/contract/runs.ts';
import { TRUST_LEVELS } from '#shared/domain/policy.ts';
import { RUNTIMES, type Runtime } from '#shared/domain/run.ts';
import { utf8, toBase64 } from '#shared/script/bytes.ts';
import { LEVELS, LevelChip } from '../../show/level-chip.tsx';
import { RUNTIME_WORDS } from '../../show/runtime.ts';
import { useClient, useLoad } from '../../state/client.tsx';
import { Button } from '../../ui/button.tsx';
import { ErrorCard } from '../../ui/error-card.tsx';
import { Select } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Skeleton } from '../../ui/states.tsx';

const ENFORCEMENT = {
  enforced: { icon: CircleCheck, tone: 'text-accent', word: 'enforced' },
  partly: { icon: TriangleAlert, tone: 'text-amber', word: 'partly' },
  'not-here': { icon: CircleMinus, tone: 'text-muted', word: 'not here' },
} as const;

/** The plan of a script that does nothing carries every field of its level. */
const NOTHING = [{ path: 'nothing', content: toBase64(utf8('0\n')) }];

export function PoliciesView() {
  const client = useClient();
  const [runtime, setRuntime] = useState<Runtime>('python');
  const { data, error, reload } = useLoad(
    useCallback(
      () =>
        Promise.all(
          TRUST_LEVELS.map((trust) =>
            client.runs.plan({ name: 'levels', files: NOTHING, entry: 'nothing', runtime, trust }),
          ),
        ),
      [client, runtime],
    ),
  );
  return (
    <div className="flex h-full flex-col">
      <header className="flex min-h-12 shrink-0 flex-wrap items-center gap-3 border-b bg-panel px-4 py-2">
        <p className="min-w-0 flex-1 text-muted">
          The four trust levels. Own policies and editing are not built yet; change single values in the launch sheet
          under Customise.
        </p>
        <Select
          label="Runtime"
          value={runtime}
          options={RUNTIMES.map((value) => ({ value, text: RUNTIME_WORDS[value] }))}
          onChange={setRuntime}
        />
      </header>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard */}
      <div className="min-h-0 flex-1 overflow-auto bg-panel" tabIndex={0} role="region" aria-label="Values per level">
        {error && <ErrorCard className="m-4" error={error} action={<Button onClick={reload}>Try again</Button>} />}
        {data ? (
          <LevelTable plans={data} />
        ) : (
          !error && (
            <div className="flex flex-col gap-3 p-4">
              {Array.from({ length: 14 }, (_, index) => (
                <Skeleton key={index} className="h-5" />
              ))}
            </div>
          )
        )}
      </div>
    </div>
  );
}

function LevelTable({ plans }: { plans: readonly Plan[] }) {
  const [first] = plans;
  const groups = [...Map.groupBy(first?.fields ?? [], (field) => field.group)];
  return (
    <table className="w-full border-collapse text-left">
      <thead className="sticky top-0 z-10 bg-panel">
        <tr className="border-b">
          <th scope="col" className="px-4 py-2 font-normal text-muted">
            Setting
          </th>
          {plans.map(({ level }) => (
            <th key={level} scope="col" className="px-3 py-2 font-normal">
              <LevelChip level={level} />
              <span className="mt-1 block text-sm text-muted">{LEVELS[level].who}</span>
            </th>
          ))}
          <th scope="col" className="px-3 py-2 font-normal text-muted">
            On this engine
          </th>
        </tr>
      </thead>
      <tbody>
        {groups.map(([group, fields]) => (
          <Fragment key={group}>
            <tr className="border-b bg-raised">
              <th colSpan={6} scope="colgroup" className="px-4 py-1.5 font-semibold">
                {group}
              </th>
            </tr>
            {fields.map((field) => (
              <Row
                key={field.field}
                field={field}
                values={plans.map((plan) => plan.fields.find((one) => one.field === field.field)?.value ?? '–')}
              />
            ))}
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}

function Row({ field, values }: { field: PlanField; values: readonly string[] }) {
  const look = ENFORCEMENT[field.enforcement];
  return (
    <tr className="border-b hover:bg-raised">
      <th scope="row" className="px-4 py-1.5 font-normal text-muted" title={field.field}>
        {field.label}
      </th>
      {values.map((value, index) => (
        <td key={TRUST_LEVELS[index]} className="px-3 py-1.5 font-mono text-sm">
          {value}
        </td>
      ))}
      <td className="px-3 py-1.5">
        <span className={`inline-flex items-center gap-1.5 ${look.tone}`} title={field.enforcementWhy}>
          <Icon of={look.icon} size={14} />
          {look.word}
        </span>
      </td>
    </tr>
  );
}
