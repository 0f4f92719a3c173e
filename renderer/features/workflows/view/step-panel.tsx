import { ArrowRight, ExternalLink, RotateCcw } from 'lucide-react';
import { useCallback, type ReactNode } from 'react';
import type { Given, RunData } from '#shared/domain/exchange.ts';
import type { PlannedStep, WorkflowDetail, WorkflowStep } from '#shared/domain/workflow.ts';
import { showBytes } from '#shared/lib/units.ts';
import { showName } from '#shared/script/display.ts';
import { count } from '../../../show/format.ts';
import { Elapsed } from '../../../show/time.tsx';
import { useClient, useLoad } from '../../../state/client.tsx';
import { go, hrefOf } from '../../../state/route.ts';
import { Button } from '../../../ui/button.tsx';
import { Callout } from '../../../ui/card.tsx';
import { Chip } from '../../../ui/chip.tsx';
import { CopyButton } from '../../../ui/copy.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Prose } from '../../../ui/prose.tsx';
import { Skeleton } from '../../../ui/states.tsx';
import { retryBegins } from '../model/depends.ts';
import { runtimeIcon, stepLook } from '../model/looks.ts';
import { titleOf } from '../model/words.ts';
import { Allowed, Condition, Fact, PolicyChip, ranIn, TextBlock } from '../planned-step.tsx';

/** Characters of a value that are shown. */
const SHOWN = 4_000;

/** Steps named from which a retry can begin. */
const BEGINS = 4;

/** One step: how it stands and why, its runs, what it gave, what it may do. */
export function StepPanel({
  detail,
  step,
  onChoose,
  onRetry,
}: {
  detail: WorkflowDetail;
  step: WorkflowStep;
  onChoose: (id: string) => void;
  onRetry: () => void;
}) {
  const plan = detail.plan.steps.find(({ id }) => id === step.id) ?? null;
  const look = stepLook(step);
  const title = titleOf(step);
  const over = detail.summary.state === 'finished';
  const [newest] = step.runs;
  const begins = retryBegins(detail.steps, step.id);
  return (
    <section aria-label={`Step ${title}`} className="flex flex-col gap-4 p-4">
      <header className="flex flex-col gap-2">
        <h2 className="flex flex-wrap items-center gap-2 text-lg font-semibold">
          <span className="min-w-0 break-words">{title}</span>
          <Chip tone={look.tone} icon={look.icon} spin={look.spin ?? false}>
            {look.word}
          </Chip>
        </h2>
        <div className="flex flex-wrap gap-2">
          {newest !== undefined && (
            <Button icon={ExternalLink} onClick={() => go({ at: 'run', id: newest })}>
              Open its run
            </Button>
          )}
          {over && begins.length === 0 && (
            <Button icon={RotateCcw} onClick={onRetry}>
              Retry from here
            </Button>
          )}
        </div>
        {over && begins.length > 0 && (
          <p className="flex flex-wrap items-center gap-x-2 text-muted">
            To reach it, retry from
            {begins.slice(0, BEGINS).map((one) => (
              <Neighbour key={one.id} step={one} id={one.id} onChoose={onChoose} />
            ))}
          </p>
        )}
      </header>
      {step.why !== '' && (
        <Callout tone={step.state === 'failed' ? 'amber' : 'info'}>
          <Prose text={showName(step.why)} />
        </Callout>
      )}
      <dl>
        <Fact name="Needs">
          {step.needs.length === 0 ? (
            <span className="text-muted">nothing</span>
          ) : (
            <span className="flex flex-wrap gap-x-3 gap-y-1">
              {step.needs.map((need) => (
                <Neighbour key={need} step={detail.steps.find(({ id }) => id === need)} id={need} onChoose={onChoose} />
              ))}
            </span>
          )}
        </Fact>
        {step.startedAt !== null && (
          <Fact name="Took">
            <span className="font-mono text-sm">
              <Elapsed from={step.startedAt} to={step.endedAt} />
            </span>
          </Fact>
        )}
        {plan !== null && plan.condition !== null && (
          <Fact name="Only if">
            <Condition text={plan.condition} value={conditionValue(step)} />
          </Fact>
        )}
        {step.runs.length > 1 && (
          <Fact name="Runs">
            <ol className="flex flex-col">
              {step.runs.map((id, index) => (
                <li key={id}>
                  <a href={hrefOf({ at: 'run', id })} className="rounded text-accent hover:underline">
                    Attempt {step.runs.length - index}
                  </a>
                  {index === 0 && <span className="text-muted"> the newest</span>}
                </li>
              ))}
            </ol>
          </Fact>
        )}
      </dl>
      {newest !== undefined && step.endedAt !== null && <Gave key={`${newest} ${step.state}`} runId={newest} />}
      {plan && <Planned step={plan} />}
    </section>
  );
}

function conditionValue({ state }: WorkflowStep): ReactNode {
  if (state === 'waiting' || state === 'not-reached' || state === 'cancelled')
    return <Chip title="It is asked once what the step needs has ended">not asked</Chip>;
  return state === 'skipped' ? <Chip tone="amber">false</Chip> : <Chip tone="accent">true</Chip>;
}

function Neighbour({
  step,
  id,
  onChoose,
}: {
  step: WorkflowStep | undefined;
  id: string;
  onChoose: (id: string) => void;
}) {
  if (!step) return <span>{showName(id)}</span>;
  const look = stepLook(step);
  return (
    <button
      type="button"
      onClick={() => onChoose(id)}
      className="inline-flex max-w-full items-center gap-1.5 rounded text-accent hover:underline"
    >
      <Icon of={look.icon} size={14} label={look.word} />
      <span className="truncate">{titleOf(step)}</span>
    </button>
  );
}

/** What its newest run gave back. */
function Gave({ runId }: { runId: string }) {
  const client = useClient();
  const { data, loading, error } = useLoad(useCallback(() => client.runs.get({ id: runId }), [client, runId]));
  if (error) return <p className="text-muted">What it gave cannot be read: {error.message}</p>;
  if (loading || !data) return <Skeleton className="h-16" />;
  return <Given runId={runId} data={data.data} />;
}

/** Files that stand here as values. */
const SAID: ReadonlySet<string> = new Set(['output.json', 'variables.json', 'condition.json']);

function Given({ runId, data }: { runId: string; data: RunData | null }) {
  if (data === null) return null;
  const files = data.files.filter(({ type, path }) => type === 'file' && !SAID.has(path));
  const nothing =
    data.output.state === 'absent' &&
    data.variables.state === 'absent' &&
    data.condition.state === 'absent' &&
    files.length === 0;
  return (
    <section aria-label="What it gave" className="flex flex-col gap-2">
      <h3 className="font-semibold">What it gave</h3>
      {nothing && <p className="text-muted">No output, no variables and no files.</p>}
      <Value name="Output" given={data.output} />
      <Value name="Variables" given={data.variables} />
      {data.condition.state !== 'absent' && <Value name="Condition" given={data.condition} />}
      {files.length > 0 && (
        <p>
          {count(files.length, 'file')}, {showBytes(files.reduce((sum, { size }) => sum + size, 0))}:{' '}
          <a href={hrefOf({ at: 'run', id: runId })} className="rounded text-accent hover:underline">
            on the page of its run
          </a>
        </p>
      )}
    </section>
  );
}

function Value({ name, given }: { name: string; given: Given<unknown> }) {
  switch (given.state) {
    case 'absent':
      return null;
    case 'large':
      return (
        <p>
          {name}: {showBytes(given.bytes)}, on the page of its run.
        </p>
      );
    case 'invalid':
      return (
        <Callout tone="amber">
          {name}: {showName(given.problem)}
        </Callout>
      );
    case 'given': {
      const text = JSON.stringify(given.value, null, 2);
      return (
        <div>
          <div className="mb-1 flex items-center gap-2">
            <h4 className="text-muted">{name}</h4>
            <CopyButton text={text} label={`Copy ${name.toLowerCase()}`} />
          </div>
          <TextBlock label={name} text={text.length > SHOWN ? `${text.slice(0, SHOWN)}\n…` : text} />
        </div>
      );
    }
  }
}

/** Closed at first: what happened comes before what was planned. */
function Planned({ step }: { step: PlannedStep }) {
  return (
    <details className="group rounded-md border bg-panel">
      <summary className="flex list-none items-center gap-2 px-3 py-2 [&::-webkit-details-marker]:hidden">
        <Icon of={ArrowRight} size={14} className="text-muted transition-transform group-open:rotate-90" />
        <span className="font-medium">What it may do</span>
        <span className="ml-auto flex items-center gap-2">
          <Chip icon={runtimeIcon(step.runtime)}>{ranIn(step)}</Chip>
          <PolicyChip policy={step.policy} />
        </span>
      </summary>
      <div className="flex flex-col gap-2.5 border-t p-3">
        <Allowed step={step} />
        <TextBlock label={`Script of ${titleOf(step)}`} text={step.script} />
      </div>
    </details>
  );
}
