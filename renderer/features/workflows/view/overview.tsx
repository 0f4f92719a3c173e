import type { WorkflowDetail } from '#shared/domain/workflow.ts';
import { showName } from '#shared/script/display.ts';
import { Callout } from '../../../ui/card.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Prose } from '../../../ui/prose.tsx';
import { stepLook } from '../model/looks.ts';
import { titleOf } from '../model/words.ts';
import { TextBlock } from '../planned-step.tsx';

/** Steps named here at most. */
const NAMED = 5;

/** The workflow as a whole, while no step is chosen. */
export function WorkflowOverview({ detail, onChoose }: { detail: WorkflowDetail; onChoose: (id: string) => void }) {
  const { plan, steps, variables } = detail;
  const failed = steps.filter(({ state }) => state === 'failed');
  const running = steps.filter(({ state }) => state === 'running');
  const shown = failed.length > 0 ? failed : running;
  return (
    <section aria-label="The workflow" className="flex flex-col gap-4 p-4">
      <header>
        <h2 className="text-lg font-semibold break-words">{showName(detail.summary.workflow)}</h2>
        {plan.description !== '' && <p>{showName(plan.description)}</p>}
      </header>
      {detail.summary.outcome === 'interrupted' && (
        <Callout tone="amber">
          Bellglass ended while it went on. The steps that had not ended can be run again: choose one, then{' '}
          <em>Retry from here</em>.
        </Callout>
      )}
      {shown.length > 0 && (
        <section aria-label={failed.length > 0 ? 'What failed' : 'What runs'}>
          <h3 className="mb-1 font-semibold">{failed.length > 0 ? 'What failed' : 'What runs now'}</h3>
          <ul className="flex flex-col gap-1.5">
            {shown.slice(0, NAMED).map((step) => {
              const look = stepLook(step);
              return (
                <li key={step.id} className="flex items-start gap-2">
                  <Icon of={look.icon} className={`mt-0.5 ${look.spin ? 'animate-spin' : ''}`} label={look.word} />
                  <span className="min-w-0">
                    <button
                      type="button"
                      onClick={() => onChoose(step.id)}
                      className="rounded font-medium text-accent hover:underline"
                    >
                      {titleOf(step)}
                    </button>
                    <span className="block text-muted">
                      <Prose text={showName(step.why)} />
                    </span>
                  </span>
                </li>
              );
            })}
          </ul>
          {shown.length > NAMED && <p className="text-muted">and {shown.length - NAMED} more</p>}
        </section>
      )}
      <section aria-label="Variables">
        <h3 className="mb-1 font-semibold">Variables</h3>
        {Object.keys(variables).length === 0 ? (
          <p className="text-muted">None was given, and no step has set one.</p>
        ) : (
          <TextBlock label="Variables as JSON" text={JSON.stringify(variables, null, 2)} />
        )}
      </section>
      <p className="text-muted">Choose a step to see why it stands as it does and what it gave.</p>
    </section>
  );
}
