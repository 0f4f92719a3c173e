/** One run: what it prints, what it uses of what it may, what happened, and how it ended (UX-1). */
import { lazy, Suspense, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { toErrorData } from '../../rpc/errors.ts';
import { useClient } from '../../state/client.tsx';
import { useCommands } from '../../state/commands.ts';
import { learn } from '../../state/runs.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorCard } from '../../ui/error-card.tsx';
import { Split } from '../../ui/split.tsx';
import { Skeleton } from '../../ui/states.tsx';
import { Tabs, type Tab } from '../../ui/tabs.tsx';
import { runCommands } from './commands.ts';
import { DeniedCard } from './denied/card.tsx';
import { deniedCommands } from './denied/commands.ts';
import { useDenied } from './denied/use-denied.ts';
import { copyCommand, Header } from './header.tsx';
import { effectiveOfPlan } from './model/effective.ts';
import { forgetMarks } from './marks.ts';
import { refusedOf } from './model/refused.ts';
import { ShortcutList } from './shortcuts.tsx';
import { openRun, type OpenedRun, type RunStore } from './store.ts';
import { DetailsTab } from './tabs/details.tsx';
import { PolicyTab } from './tabs/policy.tsx';
import { NetworkTab } from './tabs/network/index.tsx';
import { useNetwork } from './tabs/network/use-network.ts';
import { FilesTab } from './tabs/files/index.tsx';
import { Timeline } from './tabs/timeline.tsx';
import type { TerminalHandle } from './terminal/terminal.tsx';
import { useNarrow } from './use-narrow.ts';
import { useSpace } from './use-space.ts';
import { useSteering } from './use-steering.ts';
import { VerdictLine } from './verdict.tsx';

const TerminalPane = lazy(() => import('./terminal/terminal.tsx').then((part) => ({ default: part.TerminalPane })));
const CopyAs = lazy(() => import('../../show/copy-as.tsx').then((part) => ({ default: part.CopyAs })));
const PolicyDialog = lazy(() => import('./denied/policy-dialog.tsx').then((part) => ({ default: part.PolicyDialog })));
const ChartBoard = lazy(() => import('./charts/board.tsx').then((part) => ({ default: part.ChartBoard })));

/** What a new launch takes over from this run, and what it changes. */
export interface RunAgain {
  /** Its id. */
  readonly run: string;
  /** Dotted field path → text with a unit, as a launch's `set` takes it; empty for the same again. */
  readonly set: Readonly<Record<string, string>>;
}

export interface RunViewProps {
  readonly runId: string;
  readonly onBack?: () => void;
  readonly onRunAgain: (again: RunAgain) => void;
  /** What is said of it while it waits for its turn. */
  readonly waiting?: ReactNode;
}

const TABS = ['timeline', 'network', 'files', 'policy', 'details'] as const;
type TabId = (typeof TABS)[number];

/** Follows the run while it is shown. */
export function RunView(props: RunViewProps) {
  const { runId } = props;
  const client = useClient();
  const [store, setStore] = useState<RunStore | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    setStore(openRun(client.runs, runId, stop.signal));
    return () => {
      stop.abort();
      forgetMarks(runId);
      setStore(null);
    };
  }, [client, runId]);
  return store ? <Followed key={runId} store={store} {...props} /> : <Waiting />;
}

function Followed({ store, ...props }: RunViewProps & { store: RunStore }) {
  const run = useStore(store, (state) => state.run);
  const failure = useStore(store, (state) => state.failure);
  const trouble = useStore(store, (state) => state.trouble);
  const summary = run?.summary;
  useEffect(() => {
    if (summary !== undefined) learn(summary);
  }, [summary]);
  const shown = failure ?? (run ? null : trouble);
  if (shown !== null)
    return (
      <div className="mx-auto max-w-160 p-6">
        <ErrorCard
          error={toErrorData(shown)}
          action={props.onBack && <Button onClick={props.onBack}>Back to runs</Button>}
        />
      </div>
    );
  return run ? <Shown store={store} run={run} {...props} /> : <Waiting />;
}

function Waiting() {
  return (
    <div aria-busy="true" aria-label="Opening the run" role="status" className="flex h-full flex-col gap-3 p-4">
      <Skeleton className="h-7.5" />
      <div className="flex min-h-0 flex-1 gap-3">
        <Skeleton className="h-full flex-2" />
        <Skeleton className="h-full flex-1" />
      </div>
      <Skeleton className="h-44" />
    </div>
  );
}

function Shown({ runId, store, run, onRunAgain, waiting }: RunViewProps & { store: RunStore; run: OpenedRun }) {
  const client = useClient();
  const connected = useStore(store, (state) => state.connected);
  const steering = useSteering(client, runId);
  const narrow = useNarrow();
  const terminal = useRef<TerminalHandle>(null);
  const [tab, setTab] = useState<TabId>('timeline');
  const [chosen, setChosen] = useState<number | null>(null);
  const [listing, setListing] = useState(false);
  const [copying, setCopying] = useState(false);
  const { summary, detail } = run;
  const network = useNetwork(run);
  const denied = useDenied(client, run, network);
  const finished = summary.state === 'finished';
  const going = summary.state === 'running' || summary.state === 'paused';
  const again = (set: Readonly<Record<string, string>> = {}): void => onRunAgain({ run: runId, set });
  const pauseOrResume = (): void => {
    if (going) steering.act(summary.state === 'paused' ? 'resume' : 'pause');
  };
  const turn = (by: number): void => setTab(TABS[(TABS.indexOf(tab) + by + TABS.length) % TABS.length] ?? 'timeline');

  useSpace(pauseOrResume);
  useCommands(
    'run',
    runCommands({
      state: summary.state,
      pauseOrResume,
      stop: () => steering.act('stop'),
      again: () => again(),
      copy: () => copyCommand(run),
      search: () => terminal.current?.search(),
      times: () => terminal.current?.toggleTimes(),
      wrap: () => terminal.current?.toggleWrap(),
      hold: () => terminal.current?.toggleHold(),
      turn,
      list: () => setListing(true),
    }),
  );

  useCommands('run-denied', deniedCommands(denied));

  const showMark = (index: number): void => {
    setTab('timeline');
    setChosen(index);
  };
  const refused = useMemo(() => refusedOf(run.happenings, detail.violations), [run.happenings, detail.violations]);
  const deniedHosts = network.hosts.filter(({ verdict }) => verdict !== 'allowed').length;
  const total = refused.reduce((sum, item) => sum + item.times, 0);
  const tabs: Tab<TabId>[] = [
    {
      id: 'timeline',
      title: 'Timeline',
      ...(total > 0
        ? {
            badge: {
              text: `${total.toLocaleString('en')} ${total === 1 ? 'violation' : 'violations'}`,
              tone: 'red' as const,
            },
          }
        : {}),
      content: <Timeline happenings={run.happenings} origin={run.origin} chosen={chosen} />,
    },
    {
      id: 'network',
      title: 'Network',
      ...(deniedHosts > 0
        ? { badge: { text: `${deniedHosts.toLocaleString('en')} denied`, tone: 'red' as const } }
        : {}),
      content: <NetworkTab run={run} network={network} denied={denied} refused={refused} onAgain={again} />,
    },
    { id: 'files', title: 'Files', content: <FilesTab run={run} /> },
    {
      id: 'policy',
      title: 'Policy',
      ...(summary.overrides > 0 ? { badge: { text: `${summary.overrides} changed`, tone: 'accent' as const } } : {}),
      content: <PolicyTab plan={detail.plan} />,
    },
    { id: 'details', title: 'Details', content: <DetailsTab run={run} /> },
  ];
  const output = (
    <Suspense fallback={<div className="h-full bg-terminal" />}>
      <TerminalPane
        client={client}
        runId={runId}
        name={summary.name}
        tty={run.limits.tty}
        going={going}
        takesInput={detail.takesInput !== false}
        finished={finished}
        outputLimit={run.limits.output}
        handle={terminal}
      />
    </Suspense>
  );
  const charts = (
    <Suspense fallback={<div className="h-full bg-panel" />}>
      <ChartBoard store={store} onMark={showMark} />
    </Suspense>
  );
  const card = (className: string) => <DeniedCard denied={denied} className={className} />;
  const bottom = <Tabs label="About this run" tabs={tabs} value={tab} onChange={setTab} />;
  return (
    <div className="flex h-full min-h-0 flex-col bg-panel">
      <Header
        run={run}
        connected={connected}
        steering={steering}
        onAgain={() => again()}
        onCopyAs={() => setCopying(true)}
      />
      {waiting}
      {summary.verdict && (
        <VerdictLine
          run={run}
          network={network}
          verdict={summary.verdict}
          onSuggestion={(suggestion) => again(suggestion.set)}
        />
      )}
      {narrow && card('m-2 shrink-0')}
      {narrow ? (
        <div className="relative min-h-0 flex-1 overflow-y-auto">
          <div className="h-[max(260px,48vh)] border-b">{output}</div>
          {charts}
          <div className="h-[max(280px,50vh)]">{bottom}</div>
        </div>
      ) : (
        <Split
          id="run.rows"
          orientation="vertical"
          className="min-h-0 flex-1"
          panes={[
            {
              id: 'run',
              size: 68,
              min: '180px',
              content: (
                <Split
                  id="run.columns"
                  panes={[
                    { id: 'output', size: 61, min: '320px', content: output },
                    {
                      id: 'charts',
                      size: 39,
                      min: '280px',
                      content: (
                        <div className="flex h-full flex-col">
                          {card('m-2 shrink-0')}
                          <div className="min-h-0 flex-1">{charts}</div>
                        </div>
                      ),
                    },
                  ]}
                />
              ),
            },
            { id: 'tabs', size: 32, min: '96px', content: bottom },
          ]}
        />
      )}
      {denied.adding && (
        <Suspense>
          <PolicyDialog
            run={run}
            asking={denied.adding}
            live={denied.live}
            onSaved={(name, revision) => denied.saved(name, revision, denied.adding ?? [])}
            onClose={() => denied.add(null)}
          />
        </Suspense>
      )}
      {copying && (
        <Suspense>
          <CopyAs
            name={summary.policy}
            policy={effectiveOfPlan(detail.plan)}
            runtime={detail.plan.runtime}
            onClose={() => setCopying(false)}
          />
        </Suspense>
      )}
      {listing && <ShortcutList onClose={() => setListing(false)} />}
    </div>
  );
}
