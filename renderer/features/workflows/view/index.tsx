/** One workflow: its graph as it goes, each step's why and what it gave, and the way to go on from a step (WF-1). */
import { ExternalLink, GanttChart, RotateCcw, Square, Workflow } from 'lucide-react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { WorkflowDetail } from '#shared/domain/workflow.ts';
import { useClient } from '../../../state/client.tsx';
import { useCommands, type Command } from '../../../state/commands.ts';
import { go } from '../../../state/route.ts';
import { Button } from '../../../ui/button.tsx';
import { ErrorCard } from '../../../ui/error-card.tsx';
import { Choice } from '../../../ui/field.tsx';
import { Split } from '../../../ui/split.tsx';
import { Skeleton } from '../../../ui/states.tsx';
import { useNarrow } from '../../../ui/use-narrow.ts';
import { removeWorkflow, stopWorkflow } from '../actions.ts';
import { StepGraph } from '../graph/graph.tsx';
import { retryBegins } from '../model/depends.ts';
import { orderWords, titleOf } from '../model/words.ts';
import { passing } from '../model/passing.ts';
import { liveNodes } from '../nodes.tsx';
import { openWorkflow, type OpenedStore } from './follow.ts';
import { WorkflowHeader } from './header.tsx';
import { WorkflowOverview } from './overview.tsx';
import { RetryDialog } from './retry.tsx';
import { StepPanel } from './step-panel.tsx';
import { StepTimeline } from './timeline.tsx';

export interface WorkflowViewProps {
  readonly id: string;
  /** The chosen step; it is part of the address. */
  readonly step: string | null;
  readonly onBack: () => void;
  /** The same file and what it was given, in a new sheet. */
  readonly onAgain: () => void;
}

/** Follows the workflow while it is shown. */
export function WorkflowView(props: WorkflowViewProps) {
  const { id } = props;
  const client = useClient();
  const [store, setStore] = useState<OpenedStore | null>(null);
  useEffect(() => {
    const life = new AbortController();
    setStore(openWorkflow(client, id, life.signal));
    return () => {
      life.abort();
      setStore(null);
    };
  }, [client, id]);
  return store ? <Followed store={store} {...props} /> : <Waiting />;
}

function Followed({ store, ...props }: WorkflowViewProps & { store: OpenedStore }) {
  const { detail, error } = useStore(store);
  if (detail) return <Shown detail={detail} onRetried={store.again} {...props} />;
  if (error)
    return (
      <div className="mx-auto max-w-160 p-6">
        <ErrorCard error={error} action={<Button onClick={props.onBack}>Back to workflows</Button>} />
      </div>
    );
  return <Waiting />;
}

function Waiting() {
  return (
    <div role="status" aria-label="Opening the workflow" className="flex h-full flex-col gap-3 p-4">
      <Skeleton className="h-7.5" />
      <div className="flex min-h-0 flex-1 gap-3">
        <Skeleton className="h-full flex-2" />
        <Skeleton className="h-full flex-1" />
      </div>
    </div>
  );
}

type Shape = 'graph' | 'times';
const SHAPES = [
  { value: 'graph', text: 'Graph' },
  { value: 'times', text: 'Timeline' },
] as const;

function Shown({
  id,
  step: wanted,
  detail,
  onBack,
  onAgain,
  onRetried,
}: WorkflowViewProps & { detail: WorkflowDetail; onRetried: () => void }) {
  const client = useClient();
  const narrow = useNarrow();
  const [shape, setShape] = useState<Shape>('graph');
  const [stopping, setStopping] = useState(false);
  const [retrying, setRetrying] = useState<string | null>(null);
  const { summary, plan, steps } = detail;
  const step = steps.find((one) => one.id === wanted) ?? null;
  const going = summary.state === 'running';
  const choose = useCallback((next: string) => go({ at: 'workflow', id, step: next }, true), [id]);
  const open = useCallback(
    (of: string) => {
      const run = steps.find((one) => one.id === of)?.runs[0];
      if (run !== undefined) go({ at: 'run', id: run });
    },
    [steps],
  );
  const stop = async (): Promise<void> => {
    setStopping(true);
    await stopWorkflow(client, summary);
    setStopping(false);
  };
  const nodes = useMemo(() => liveNodes(steps, plan.steps), [steps, plan]);
  const stateOf = useMemo(() => passing(steps), [steps]);
  const retried = steps.find((one) => one.id === retrying);

  const commands: Command[] = [
    ...(going
      ? [
          {
            id: 'flow-stop',
            title: 'Stop the workflow',
            group: 'This workflow',
            icon: Square,
            keys: '$mod+.',
            run: () => void stop(),
          },
        ]
      : []),
    ...(step && !going && retryBegins(steps, step.id).length === 0
      ? [
          {
            id: 'flow-retry',
            title: `Retry from ${titleOf(step)}`,
            group: 'This workflow',
            icon: RotateCcw,
            keys: 'r',
            run: () => setRetrying(step.id),
          },
        ]
      : []),
    ...(step?.runs[0] === undefined
      ? []
      : [
          {
            id: 'flow-open',
            title: `Open the run of ${titleOf(step)}`,
            group: 'This workflow',
            icon: ExternalLink,
            keys: 'o',
            run: () => open(step.id),
          },
        ]),
    {
      id: 'flow-shape',
      title: shape === 'graph' ? 'Show the timeline' : 'Show the graph',
      group: 'This workflow',
      icon: shape === 'graph' ? GanttChart : Workflow,
      keys: 't',
      run: () => setShape(shape === 'graph' ? 'times' : 'graph'),
    },
    ...(step
      ? [
          {
            id: 'flow-none',
            title: 'Show the workflow as a whole',
            group: 'This workflow',
            icon: Workflow,
            keys: 'Escape',
            run: () => go({ at: 'workflow', id }, true),
          },
        ]
      : []),
  ];
  useCommands('flow-view', commands);

  const picture = (
    <section aria-label="Steps" className="flex h-full min-h-0 flex-col">
      <div className="flex h-10 shrink-0 items-center gap-3 border-b bg-panel px-4">
        <Choice label="Show the steps as" value={shape} choices={SHAPES} onChange={setShape} />
        <span className="truncate text-sm text-muted">{orderWords(plan.order, steps.length)}</span>
      </div>
      <div className="min-h-0 flex-1">
        {shape === 'graph' ? (
          <StepGraph
            label="Steps of the workflow"
            nodes={nodes}
            chosen={step?.id ?? null}
            onChoose={choose}
            onOpen={open}
            stateOf={stateOf}
          />
        ) : (
          <StepTimeline detail={detail} chosen={step?.id ?? null} onChoose={choose} onOpen={open} />
        )}
      </div>
    </section>
  );
  const panel = (
    <div className="h-full overflow-auto bg-panel">
      {step ? (
        <StepPanel detail={detail} step={step} onChoose={choose} onRetry={() => setRetrying(step.id)} />
      ) : (
        <WorkflowOverview detail={detail} onChoose={choose} />
      )}
    </div>
  );
  return (
    <div className="flex h-full min-h-0 flex-col">
      <WorkflowHeader
        summary={summary}
        stopping={stopping}
        onStop={() => void stop()}
        onRemove={() => void removeWorkflow(client, summary).then((gone) => gone && onBack())}
        onAgain={onAgain}
      />
      <Split
        key={narrow ? 'rows' : 'columns'}
        id={narrow ? 'workflow.rows' : 'workflow.columns'}
        orientation={narrow ? 'vertical' : 'horizontal'}
        className="min-h-0 flex-1"
        panes={[
          { id: 'steps', size: narrow ? 50 : 64, min: narrow ? '140px' : '360px', content: picture },
          { id: 'step', size: narrow ? 50 : 36, min: narrow ? '120px' : '300px', content: panel },
        ]}
      />
      {retried && (
        <RetryDialog
          detail={detail}
          step={retried}
          onClose={() => setRetrying(null)}
          onStarted={() => {
            setRetrying(null);
            onRetried();
          }}
        />
      )}
    </div>
  );
}
