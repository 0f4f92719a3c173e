/** The workflow sheet: the file, its graph, what each step may do, and only then *Run* (WF-1). Nothing has run yet. */
import { FileX2, Play } from 'lucide-react';
import { Suspense, useCallback, useEffect, useMemo, useState } from 'react';
import type { WorkflowPlan, WorkflowProblem } from '#shared/domain/workflow.ts';
import { showName } from '#shared/script/display.ts';
import { count } from '../../../show/format.ts';
import { LaunchFooter } from '../../../show/sheet/launch-footer.tsx';
import { NoEngine } from '../../../show/sheet/no-engine.tsx';
import { useClient } from '../../../state/client.tsx';
import { useCommands } from '../../../state/commands.ts';
import { ahead } from '../../../ui/ahead.tsx';
import { Button } from '../../../ui/button.tsx';
import { Callout } from '../../../ui/card.tsx';
import { Chip } from '../../../ui/chip.tsx';
import { ErrorCard } from '../../../ui/error-card.tsx';
import { Select } from '../../../ui/field.tsx';
import { ask } from '../../../ui/layers/dialog.tsx';
import { Prose } from '../../../ui/prose.tsx';
import { Split } from '../../../ui/split.tsx';
import { Busy, Empty, Skeleton } from '../../../ui/states.tsx';
import { useNarrow } from '../../../ui/use-narrow.ts';
import { StepGraph } from '../graph/graph.tsx';
import { orderWords } from '../model/words.ts';
import { plannedNodes } from '../nodes.tsx';
import { launchOf, standsInTheWay, type FlowDraft } from './draft.ts';
import { FileBanner } from './file-banner.tsx';
import { GivenBar } from './given.tsx';
import { Overview, Refused } from './overview.tsx';
import { Problems } from './problems.tsx';
import { Secrets } from './secrets.tsx';
import { StepCard } from './step-card.tsx';
import { editFlow, keepFlowPlanned, startFlow, useFlow } from './store.ts';
import type { GoTo } from './yaml-pane.tsx';

const yamlPane = ahead(() => import('./yaml-pane.tsx').then((part) => part.YamlPane));

const NO_PROBLEMS: readonly WorkflowProblem[] = [];
const open = () => 'open' as const;

/** Refused steps, said at their place in the file. */
const refusals = ({ steps }: WorkflowPlan): WorkflowProblem[] =>
  steps.flatMap(({ refusal, line }) => (refusal === null ? [] : [{ message: refusal, line }]));

export function WorkflowSheet({
  draft,
  onCancel,
  onStarted,
}: {
  draft: FlowDraft;
  onCancel: () => void;
  onStarted: (id: string) => void;
}) {
  const client = useClient();
  const { plan, planned, error, starting } = useFlow();
  const narrow = useNarrow();
  const [chosen, setChosen] = useState<string | null>(null);
  const [goTo, setGoTo] = useState<GoTo | null>(null);
  useEffect(() => {
    const life = new AbortController();
    keepFlowPlanned(client, life.signal);
    return () => life.abort();
  }, [client]);
  const problems = useMemo(() => (plan ? [...plan.problems, ...refusals(plan)] : NO_PROBLEMS), [plan]);
  const nodes = useMemo(() => plannedNodes(plan?.steps ?? []), [plan]);
  const step = plan?.steps.find(({ id }) => id === chosen) ?? null;
  const edited = draft.text !== draft.opened;
  const obstacle = plan === null ? null : standsInTheWay(plan, draft);
  const runnable = plan !== null && planned !== null && obstacle === null && !starting;
  const run = (): void => void startFlow(client).then((id) => id !== null && onStarted(id));
  const choose = useCallback(
    (id: string): void => {
      setChosen(id);
      const line = plan?.steps.find((one) => one.id === id)?.line;
      if (line !== undefined) setGoTo({ line });
    },
    [plan],
  );
  const cancel = async (): Promise<void> => {
    const sure =
      !edited ||
      (await ask({
        title: 'Leave the changes behind?',
        text: `What you changed in ${showName(draft.name)} is only here, not in the file.`,
        action: 'Leave',
        destructive: true,
      }));
    if (sure) onCancel();
  };
  useCommands('flow', [
    {
      id: 'run',
      title: `Run the workflow ${showName(plan?.workflow ?? draft.name)}`,
      group: 'Launch',
      icon: Play,
      keys: '$mod+Enter',
      run: () => runnable && run(),
    },
    { id: 'cancel', title: 'Cancel the launch', group: 'Launch', keys: 'Escape', run: () => void cancel() },
  ]);

  const file = (
    <section aria-label="File" className="flex h-full min-h-0 flex-col bg-panel">
      <header className="flex min-h-11 shrink-0 flex-wrap items-center gap-2 border-b px-4 py-1.5">
        <FileName draft={draft} edited={edited} />
        {draft.files.length > 0 && (
          <span className="text-muted">with {count(draft.files.length, 'file')} beside it</span>
        )}
        {edited && (
          <span className="ml-auto flex items-center gap-2">
            <Chip tone="amber" title="The file itself is not touched">
              changed here
            </Chip>
            <Button size="sm" onClick={() => editFlow({ text: draft.opened })}>
              Revert
            </Button>
          </span>
        )}
      </header>
      <div className="min-h-0 flex-1">
        <Suspense fallback={<Skeleton className="m-4 h-40" />}>
          <yamlPane.View
            name={showName(draft.name)}
            text={draft.text}
            problems={problems}
            goTo={goTo}
            onText={(text) => editFlow({ text })}
          />
        </Suspense>
      </div>
      <GivenBar draft={draft} />
    </section>
  );
  const graph = plan && plan.steps.length > 0 && (
    <StepGraph label="Steps" nodes={nodes} chosen={chosen} onChoose={choose} onOpen={choose} stateOf={open} />
  );
  const about = (
    <div className="flex flex-col gap-3 p-4">
      <NoEngine what="steps" />
      {error && <ErrorCard error={error} />}
      {plan && plan.problems.length > 0 && (
        <Problems problems={plan.problems} onGo={({ line = 1, column }) => setGoTo({ line, column, focus: true })} />
      )}
      {step && <StepCard step={step} onAll={() => setChosen(null)} />}
      {plan && <Refused steps={plan.steps} onChoose={choose} />}
      {plan?.file && <FileBanner file={plan.file} text={draft.text} />}
      {plan && plan.secrets.length > 0 && (
        <Secrets names={plan.secrets} values={draft.secrets} onChange={(secrets) => editFlow({ secrets })} />
      )}
      {!step && plan && plan.steps.length > 0 && <Overview draft={draft} steps={plan.steps} onChoose={choose} />}
      {plan?.warnings.map((warning) => (
        <Callout key={warning} tone="amber">
          <Prose text={warning} />
        </Callout>
      ))}
    </div>
  );
  const heading = <Heading plan={plan} />;
  const ending = (
    <LaunchFooter
      beside
      words={
        launchOf(draft) === null ? (
          <span className="text-red">What the workflow is given has a mistake.</span>
        ) : planned === null && !error ? (
          <Busy>Planning</Busy>
        ) : (
          (obstacle ?? (plan ? orderWords(plan.order, plan.steps.length) : ''))
        )
      }
      busy={starting}
      disabled={!runnable}
      onRun={run}
      onCancel={() => void cancel()}
    />
  );
  const nothing = plan && plan.steps.length === 0 && (
    <Empty icon={FileX2} title={plan.names.length > 1 ? 'Which workflow is the one to run?' : 'No steps to show yet'}>
      {plan.names.length > 1
        ? `The file has ${count(plan.names.length, 'workflow')}. Choose one above.`
        : 'The graph appears once the file can be read.'}
    </Empty>
  );
  if (narrow)
    return (
      <div className="flex h-full flex-col">
        {heading}
        <div className="min-h-0 flex-1 overflow-auto">
          {graph ? <div className="h-52 border-b">{graph}</div> : nothing}
          <section aria-label="Workflow" className="bg-background">
            {about}
          </section>
          <div className="h-96 border-t">{file}</div>
        </div>
        {ending}
      </div>
    );
  return (
    <Split
      id="flow"
      className="h-full"
      panes={[
        { id: 'file', size: 40, min: '300px', content: file },
        {
          id: 'workflow',
          size: 60,
          min: '420px',
          content: (
            <section aria-label="Workflow" className="flex h-full min-h-0 flex-col bg-background">
              {heading}
              {graph ? (
                <Split
                  id="flow.rows"
                  orientation="vertical"
                  className="min-h-0 flex-1"
                  panes={[
                    { id: 'graph', size: 42, min: '120px', content: graph },
                    {
                      id: 'about',
                      size: 58,
                      min: '120px',
                      content: <div className="h-full overflow-auto">{about}</div>,
                    },
                  ]}
                />
              ) : (
                <div className="min-h-0 flex-1 overflow-auto">
                  {about}
                  {nothing ?? (error ? null : <Skeleton className="mx-4 h-44" />)}
                </div>
              )}
              {ending}
            </section>
          ),
        },
      ]}
    />
  );
}

/** The file, or which one of several. */
function FileName({ draft, edited }: { draft: FlowDraft; edited: boolean }) {
  const { name, flows } = draft;
  if (flows === undefined)
    return (
      <h2 className="min-w-0 truncate font-semibold" title={showName(name)}>
        {showName(name)}
      </h2>
    );
  return (
    <h2 className="min-w-0 font-semibold">
      <Select
        label="File with workflows"
        value={name}
        // What was changed here would be lost.
        disabled={edited}
        options={[...flows.keys()].map((path) => ({ value: path, text: showName(path) }))}
        onChange={(path) => {
          const text = flows.get(path) ?? '';
          editFlow({ name: path, text, opened: text, workflow: undefined, secrets: {} });
        }}
        className="max-w-60"
      />
    </h2>
  );
}

/** Which workflow of the file, and what it is for. */
function Heading({ plan }: { plan: WorkflowPlan | null }) {
  const description = plan ? showName(plan.description) : '';
  return (
    <header className="flex min-h-11 shrink-0 flex-wrap items-center gap-x-3 gap-y-1.5 border-b bg-panel px-4 py-1.5">
      {plan && plan.names.length > 1 ? (
        <Select
          label="Workflow to run"
          value={plan.workflow ?? ''}
          options={plan.names.map((name) => ({ value: name, text: showName(name) }))}
          onChange={(workflow) => editFlow({ workflow })}
          placeholder="Choose a workflow"
          className="max-w-60 font-semibold"
        />
      ) : (
        <h2 className="min-w-0 shrink-0 truncate font-semibold">{showName(plan?.workflow ?? 'Workflow')}</h2>
      )}
      <span className="min-w-0 flex-1 truncate text-muted" title={description}>
        {description}
      </span>
    </header>
  );
}
