import { CircleCheck, CircleDashed, CircleSlash, FolderLock } from 'lucide-react';
import type { Plan, PlanField } from '#shared/contract/runs.ts';
import { Chip, type Tone } from '../../../ui/chip.tsx';
import { Icon } from '../../../ui/icon.tsx';

const SOURCE_TONE: Readonly<Record<PlanField['tier'], Tone>> = {
  level: 'neutral',
  settings: 'neutral',
  project: 'violet',
  policy: 'violet',
  workflow: 'violet',
  step: 'violet',
  run: 'accent',
};

function Enforcement({ field }: { field: PlanField }) {
  const why = field.enforcementWhy;
  if (field.enforcement === 'enforced')
    return (
      <span className="inline-flex gap-1.5 text-accent">
        <Icon of={CircleCheck} size={14} className="mt-0.75" />
        enforced
      </span>
    );
  const partly = field.enforcement === 'partly';
  return (
    <span className="inline-flex gap-1.5">
      <Icon
        of={partly ? CircleDashed : CircleSlash}
        size={14}
        className={`mt-0.75 ${partly ? 'text-amber' : 'text-red'}`}
      />
      <span>
        <span className={partly ? 'text-amber' : 'text-red'}>{partly ? 'partly' : 'not on this engine'}</span>
        {why !== '' && <span className="text-muted">: {why}</span>}
      </span>
    </span>
  );
}

/** What the project's own file had to say in this run. */
function ProjectLine({ project }: { project: NonNullable<Plan['project']> }) {
  const { approved, heldBack, path } = project;
  return (
    <p className="py-1.5 text-muted">
      <Icon of={FolderLock} size={14} className="mr-1.5 inline" />
      {approved ? 'The approved project file' : 'The project file, which may only tighten,'} took part:{' '}
      <span className="font-mono text-sm break-all">{path}</span>
      {heldBack.length > 0 && (
        <span className="text-amber">
          {' '}
          Held back: {heldBack.map(({ label, asked, kept }) => `${label} ${asked} (stayed ${kept})`).join(', ')}.
        </span>
      )}
    </p>
  );
}

/** Each effective value: where it came from and how far it is enforced here. */
export function PolicyTab({ plan }: { plan: Plan }) {
  const groups = Map.groupBy(plan.fields, (field) => field.group);
  return (
    <div className="px-4 py-2">
      {plan.project && <ProjectLine project={plan.project} />}
      <table className="w-full border-collapse text-left">
        <caption className="sr-only">Effective policy</caption>
        <thead className="text-sm text-muted">
          <tr>
            <th scope="col" className="w-1/4 py-1.5 pr-4 font-medium">
              Setting
            </th>
            <th scope="col" className="w-1/4 py-1.5 pr-4 font-medium">
              Value
            </th>
            <th scope="col" className="w-1/5 py-1.5 pr-4 font-medium">
              From
            </th>
            <th scope="col" className="py-1.5 font-medium">
              On this engine
            </th>
          </tr>
        </thead>
        {[...groups].map(([group, fields]) => (
          <tbody key={group}>
            <tr>
              <th scope="rowgroup" colSpan={4} className="pt-2.5 pb-1 font-semibold">
                {group}
              </th>
            </tr>
            {fields.map((field) => (
              <tr key={field.field} className={`border-t align-top ${field.changed ? 'bg-accent-pale/50' : ''}`}>
                <th scope="row" className="py-1 pr-4 font-normal" title={field.field}>
                  {field.label}
                </th>
                <td className="py-1 pr-4 font-mono text-sm break-words">
                  {field.value}
                  {field.changed && <span className="ml-2 font-sans text-sm font-medium text-accent">changed</span>}
                </td>
                <td className="py-1 pr-4">
                  <span className="inline-flex flex-wrap gap-1">
                    <Chip tone={SOURCE_TONE[field.tier]}>{field.source}</Chip>
                    {field.clampedFrom !== undefined && (
                      <Chip tone="amber" title={`${field.clampedFrom} was asked for`}>
                        ⌐ ceiling, asked {field.clampedFrom}
                      </Chip>
                    )}
                  </span>
                </td>
                <td className="py-1">
                  <Enforcement field={field} />
                </td>
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}
