import { OctagonAlert } from 'lucide-react';
import type { PlannedStep } from '#shared/domain/workflow.ts';
import { count, glued } from '../../../show/format.ts';
import { Callout, Card } from '../../../ui/card.tsx';
import { Prose } from '../../../ui/prose.tsx';
import { titleOf } from '../model/words.ts';
import { PolicyChip } from '../planned-step.tsx';
import { BasePolicy } from './base-policy.tsx';
import type { FlowDraft } from './draft.ts';

/** Names of steps that one line gives; more are counted. */
const NAMED = 3;

const named = (steps: readonly PlannedStep[]): string =>
  steps.length <= NAMED
    ? steps.map(titleOf).join(', ')
    : `${steps.slice(0, NAMED).map(titleOf).join(', ')} and ${steps.length - NAMED} more`;

/** What the steps may do, those alike together: said before anything runs. */
export function Overview({
  draft,
  steps,
  onChoose,
}: {
  draft: FlowDraft;
  steps: readonly PlannedStep[];
  onChoose: (id: string) => void;
}) {
  const run = steps.filter(({ refusal }) => refusal === null);
  if (run.length === 0) return null;
  const groups = [...Map.groupBy(run, ({ policy, summary }) => `${policy}\n${summary}`).values()];
  return (
    <Card title="What this allows" aside={<span className="text-sm text-muted">Choose a step to see its own</span>}>
      <ul className="flex flex-col gap-2">
        {groups.map((of) => {
          const [first] = of;
          return (
            first && (
              <li key={`${first.policy} ${first.summary}`} className="flex items-start gap-3">
                <span className="w-28 shrink-0">
                  <PolicyChip policy={first.policy} />
                </span>
                <span className="min-w-0 flex-1">
                  <button
                    type="button"
                    onClick={() => onChoose(first.id)}
                    className="block max-w-full rounded text-left font-medium hover:underline"
                  >
                    {of.length > 1 && <span className="font-normal text-muted">{count(of.length, 'step')}: </span>}
                    {named(of)}
                  </button>
                  <span className="text-muted">{glued(first.summary)}</span>
                </span>
              </li>
            )
          );
        })}
      </ul>
      <div className="mt-2.5">
        <BasePolicy draft={draft} />
      </div>
    </Card>
  );
}

/** Refusals said here at most. */
const REFUSED = 5;

/** Steps that would be refused as they are, first. */
export function Refused({ steps, onChoose }: { steps: readonly PlannedStep[]; onChoose: (id: string) => void }) {
  const refused = steps.filter(({ refusal }) => refusal !== null);
  if (refused.length === 0) return null;
  return (
    <Callout tone="red" icon={OctagonAlert}>
      <h3 className="font-semibold">
        {refused.length === 1 ? 'One step would be refused' : `${count(refused.length, 'step')} would be refused`}
      </h3>
      <ul className="mt-1 flex flex-col gap-1">
        {refused.slice(0, REFUSED).map((step) => (
          <li key={step.id}>
            <button
              type="button"
              onClick={() => onChoose(step.id)}
              className="rounded font-medium text-accent hover:underline"
            >
              {titleOf(step)}
            </button>
            : <Prose text={step.refusal ?? ''} />
          </li>
        ))}
        {refused.length > REFUSED && <li className="text-muted">and {refused.length - REFUSED} more</li>}
      </ul>
    </Callout>
  );
}
