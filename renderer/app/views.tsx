import { ChartColumn, ShieldCheck, Workflow } from 'lucide-react';
import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react';
import { dropMany, useMany } from '../features/launch/many/store.ts';
import { useLaunch } from '../features/launch/store.ts';
import { LaunchSheet } from '../features/launch/index.tsx';
import { WaitingBanner } from '../features/queue/banner.tsx';
import { QueueStrip } from '../features/queue/strip.tsx';
import { RunsView } from '../features/runs/index.tsx';
import { LaunchStrip } from '../features/runs/launch-strip.tsx';
import { going, useRuns } from '../state/runs.ts';
import { dropFlow, useFlow } from '../features/workflows/sheet/store.ts';
import { attempt, useClient } from '../state/client.tsx';
import { useCommands } from '../state/commands.ts';
import { go, parseRoute, type Route } from '../state/route.ts';
import { ahead } from '../ui/ahead.tsx';
import { Button } from '../ui/button.tsx';
import { ErrorCard } from '../ui/error-card.tsx';
import { Busy, Empty } from '../ui/states.tsx';
import { bringOne, type Launching } from './launching.tsx';
import { RunsSwitch } from './runs-switch.tsx';
import { TryPolicy } from './try-policy.tsx';
import { ClipboardPaste, FileUp, FlaskConical, FolderUp } from 'lucide-react';

const ManySheet = lazy(() => import('../features/launch/many/sheet.tsx').then((part) => ({ default: part.ManySheet })));
const RunView = lazy(() => import('../features/run/index.tsx').then((part) => ({ default: part.RunView })));
const SamplesView = lazy(() => import('../features/samples/index.tsx').then((part) => ({ default: part.SamplesView })));
const CompareView = lazy(() => import('../features/compare/index.tsx').then((part) => ({ default: part.CompareView })));
const SettingsView = lazy(() =>
  import('../features/settings/index.tsx').then((part) => ({ default: part.SettingsView })),
);
const ImagesView = lazy(() => import('../features/images/index.tsx').then((part) => ({ default: part.ImagesView })));
const AuditView = lazy(() => import('../features/audit/index.tsx').then((part) => ({ default: part.AuditView })));
const InsightsView = lazy(() =>
  import('../features/insights/index.tsx').then((part) => ({ default: part.InsightsView })),
);
const workflows = ahead(() => import('../features/workflows/list/index.tsx').then((part) => part.WorkflowsView));
const sheet = ahead(() => import('../features/workflows/sheet/index.tsx').then((part) => part.WorkflowSheet));
const workflow = ahead(() => import('../features/workflows/view/index.tsx').then((part) => part.WorkflowView));
const policies = ahead(() => import('../features/policies/index.tsx').then((part) => part.PoliciesView));

/** Milliseconds after which what is likely wanted next is fetched, so that opening it waits for nothing. */
const FETCH_AHEAD_MS = 1_500;

/** The sample of the first card: the one that shows best that limits are real. */
const FIRST_SAMPLE = 'memory-bomb';

/** The one view that a route stands for. */
export function Views({ route, launching }: { route: Route; launching: Launching }) {
  const client = useClient();
  const draft = useLaunch((state) => state.draft);
  const many = useMany((state) => state.many);
  const limit = useRuns((state) => state.limit);
  const flow = useFlow((state) => state.draft);
  const finished = useRuns(({ runs }) => runs?.filter((run) => !going(run)).length ?? 0);
  const ways = {
    onOpenFile: () => launching.pick(false),
    onOpenFolder: () => launching.pick(true),
    onPaste: launching.paste,
    onSamples: () => go({ at: 'samples' }),
  };
  useCommands('launch-ways', [
    { id: 'open-file', title: 'Open a file', group: 'Launch', icon: FileUp, keys: '$mod+o', run: ways.onOpenFile },
    {
      id: 'open-folder',
      title: 'Open a folder',
      group: 'Launch',
      icon: FolderUp,
      keys: '$mod+Shift+o',
      run: ways.onOpenFolder,
    },
    { id: 'paste', title: 'Paste a script', group: 'Launch', icon: ClipboardPaste, run: ways.onPaste },
    { id: 'samples', title: 'Show the samples', group: 'Launch', icon: FlaskConical, run: ways.onSamples },
  ]);
  useCommands('insights', [
    { id: 'insights', title: 'Go to Insights', group: 'Go to', icon: ChartColumn, run: () => go({ at: 'insights' }) },
    { id: 'workflows', title: 'Go to Workflows', group: 'Go to', icon: Workflow, run: () => go({ at: 'workflows' }) },
  ]);
  const [trying, setTrying] = useState<string | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => {
      policies.fetch();
      sheet.fetch();
    }, FETCH_AHEAD_MS);
    return () => clearTimeout(timer);
  }, []);
  const lost =
    (route.at === 'new' && draft === null && many === null) || (route.at === 'new-workflow' && flow === null);
  useEffect(() => {
    // The address is ahead of the route while one leaves.
    if (lost && parseRoute(window.location.hash).at === route.at) go({ at: 'runs' }, true);
  }, [lost, route.at]);
  const trySample = async (): Promise<void> => {
    await attempt(
      client.system.samples().then(async (samples) => {
        const sample = samples.find((one) => one.id === FIRST_SAMPLE) ?? samples[0];
        if (sample) await launching.runSample(sample);
      }),
    );
  };

  return (
    <Suspense
      fallback={
        <div className="p-6">
          <Busy>Opening</Busy>
        </div>
      }
    >
      {launching.error && (
        <div className="border-b p-4">
          <ErrorCard
            error={launching.error}
            action={
              <Button size="sm" onClick={launching.clearError}>
                Dismiss
              </Button>
            }
          />
        </div>
      )}
      {view()}
      {trying !== null && <TryPolicy policy={trying} launching={launching} onClose={() => setTrying(null)} />}
    </Suspense>
  );

  function view(): ReactNode {
    switch (route.at) {
      case 'runs':
        return (
          <RunsView
            filter={route.filter ?? ''}
            ways={ways}
            busy={launching.busy}
            lead={<RunsSwitch at="runs" />}
            queue={<QueueStrip />}
            onTrySample={trySample}
          />
        );
      case 'workflows':
        return (
          <workflows.View
            strip={<LaunchStrip ways={ways} busy={launching.busy} />}
            lead={<RunsSwitch at="workflows" />}
            onExample={(text) => launching.workflow('flow.yaml', text)}
          />
        );
      case 'new-workflow':
        return (
          flow && (
            <sheet.View
              draft={flow}
              onCancel={() => {
                go({ at: 'workflows' });
                dropFlow();
              }}
              onStarted={(id) => {
                go({ at: 'workflow', id });
                // Its secrets with it.
                dropFlow();
              }}
            />
          )
        );
      case 'workflow':
        return (
          <workflow.View
            key={route.id}
            id={route.id}
            step={route.step ?? null}
            onBack={() => go({ at: 'workflows' })}
            onAgain={() => launching.workflowAgain(route.id)}
          />
        );
      case 'new':
        return many === null ? (
          draft && <LaunchSheet draft={draft} onCancel={launching.cancel} onStarted={(id) => go({ at: 'run', id })} />
        ) : (
          <ManySheet
            many={many}
            limit={limit}
            onCancel={launching.cancel}
            onStarted={() => {
              dropMany();
              go({ at: 'runs' });
            }}
            onOne={bringOne}
          />
        );
      case 'samples':
        return <SamplesView onOpen={launching.sample} onRun={launching.runSample} />;
      case 'run':
        return (
          <RunView
            key={route.id}
            runId={route.id}
            onBack={() => go({ at: 'runs' })}
            onRunAgain={({ run, set }) => launching.again(run, set)}
            waiting={<WaitingBanner id={route.id} />}
          />
        );
      case 'compare':
        return <CompareView a={route.a} b={route.b} />;
      case 'policies':
        return <policies.View name={route.name ?? null} onTry={setTrying} />;
      case 'images':
        return <ImagesView />;
      case 'settings':
        return <SettingsView part={route.part} />;
      case 'drill':
        return (
          <Empty
            icon={ShieldCheck}
            title="The drill is not built yet"
            action={<Button onClick={() => go({ at: 'settings', part: 'self-check' })}>Run the self-check</Button>}
          >
            It will try to break out of every policy with harmless probes and show which line stopped each one. Today
            the self-check proves the main promises on this engine.
          </Empty>
        );
      case 'audit':
        return <AuditView filter={route.filter ?? ''} />;
      case 'insights':
        return <InsightsView finished={finished} />;
    }
  }
}
