import clsx from 'clsx';
import { ChevronRight, CircleCheck, CircleX, LoaderCircle, Search, Square, TriangleAlert } from 'lucide-react';
import type { EngineStatus } from '#shared/domain/engine.ts';
import { showName } from '#shared/script/display.ts';
import { Bell } from '../features/alerts/bell.tsx';
import { useMany } from '../features/launch/many/store.ts';
import { useLaunch } from '../features/launch/store.ts';
import { stopAllRuns } from '../features/runs/actions.ts';
import { going, useRuns } from '../state/runs.ts';
import { useFlow } from '../features/workflows/sheet/store.ts';
import { useWorkflows } from '../features/workflows/store.ts';
import { useClient } from '../state/client.tsx';
import { engineWords, useEngine } from '../state/engine.ts';
import { hrefOf, routeOf, viewOf, type Route } from '../state/route.ts';
import { Button } from '../ui/button.tsx';
import { Icon, type LucideIcon } from '../ui/icon.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { openPalette } from './palette.tsx';
import { VIEW_LIST } from './view-list.ts';

const PILL = 'inline-flex h-7 shrink-0 items-center gap-2 rounded-full border bg-panel px-3 text-sm whitespace-nowrap';

/** Where I am, the palette, the engine, how much runs, and the way to stop it all. */
export function TopBar({ route }: { route: Route }) {
  return (
    <header className="flex h-12 shrink-0 items-center gap-3 border-b bg-panel px-4">
      <Breadcrumbs route={route} />
      <div className="ml-auto flex shrink-0 items-center gap-2.5 max-[760px]:gap-1.5">
        <button
          type="button"
          onClick={openPalette}
          aria-keyshortcuts="Control+K F1"
          className={clsx(PILL, 'text-muted hover:bg-raised')}
        >
          <Icon of={Search} size={14} />
          <span className="max-[1180px]:sr-only">Search or run a command</span>
          <span className="max-[760px]:hidden">
            <Kbd keys="$mod+K" />
          </span>
        </button>
        <Bell />
        <EnginePill />
        <RunningPill />
      </div>
    </header>
  );
}

function Breadcrumbs({ route }: { route: Route }) {
  const runs = useRuns((state) => state.runs);
  const draft = useLaunch((state) => state.draft);
  const many = useMany((state) => state.many);
  const flow = useFlow((state) => state.draft);
  const workflows = useWorkflows((state) => state.workflows);
  const beyond = useRuns((state) => (route.at === 'run' ? state.changes.get(route.id) : undefined));
  const run = route.at === 'run' ? (runs?.find(({ id }) => id === route.id) ?? beyond ?? undefined) : undefined;
  const view = VIEW_LIST.find((entry) => entry.view === viewOf(route));
  const leaf = leafOf();
  const parent = parentOf();
  return (
    <nav aria-label="Breadcrumbs" className="min-w-0">
      <ol className="flex min-w-0 items-center gap-1">
        {leaf === null ? (
          <li>
            <h1 className="font-semibold">{view?.title}</h1>
          </li>
        ) : (
          <>
            <li className="shrink-0">
              <a href={hrefOf(routeOf(viewOf(route)))} className="rounded text-muted hover:text-text hover:underline">
                {view?.title}
              </a>
            </li>
            {parent && (
              <>
                <Then />
                <li className="max-w-72 min-w-0">
                  <a
                    href={hrefOf(parent.route)}
                    title={parent.text}
                    className="block truncate rounded text-muted hover:text-text hover:underline"
                  >
                    {parent.text}
                  </a>
                </li>
              </>
            )}
            <Then />
            <li className="min-w-0">
              <h1 className="truncate font-semibold" title={leaf}>
                {leaf}
              </h1>
            </li>
          </>
        )}
      </ol>
    </nav>
  );

  /** What stands between the view and the leaf: the list of workflows, or the workflow whose step a run is. */
  function parentOf(): { route: Route; text: string } | null {
    if (route.at === 'workflow') return { route: { at: 'workflows' }, text: 'Workflows' };
    if (!run?.workflow) return null;
    const { id, workflow, step } = run.workflow;
    return { route: { at: 'workflow', id, step }, text: showName(workflow) };
  }

  function leafOf(): string | null {
    if (route.at === 'new' && many) return `New runs of ${many.paths.length} scripts`;
    if (route.at === 'new') return draft ? `New run: ${draft.name}` : 'New run';
    if (route.at === 'samples') return 'Samples';
    if (route.at === 'compare') return 'Compare';
    if (route.at === 'insights') return 'Insights';
    if (route.at === 'policies') return route.name ?? null;
    if (route.at === 'workflows') return 'Workflows';
    if (route.at === 'new-workflow') return flow ? `New workflow: ${showName(flow.name)}` : 'New workflow';
    if (route.at === 'workflow') return showName(workflows?.find(({ id }) => id === route.id)?.workflow ?? route.id);
    if (run?.workflow) return `step ${showName(run.workflow.step)}`;
    return route.at === 'run' ? (run?.name ?? route.id) : null;
  }
}

function Then() {
  return (
    <li aria-hidden>
      <Icon of={ChevronRight} size={14} className="text-muted" />
    </li>
  );
}

function engineLook(status: EngineStatus | null): { icon: LucideIcon; tone: string; spin?: boolean } {
  switch (status?.state) {
    case 'ready':
      return { icon: CircleCheck, tone: 'text-accent' };
    case 'lost':
      return { icon: TriangleAlert, tone: 'text-amber' };
    case 'none':
      return { icon: CircleX, tone: 'text-red' };
    default:
      return { icon: LoaderCircle, tone: 'text-muted', spin: true };
  }
}

function EnginePill() {
  const status = useEngine((state) => state.status);
  const look = engineLook(status);
  const words = engineWords(status);
  return (
    <a
      href={hrefOf({ at: 'settings', part: 'doctor' })}
      aria-label={`Engine: ${words}. Open the doctor`}
      title={words}
      className={clsx(PILL, 'max-w-64 hover:bg-raised')}
    >
      <Icon of={look.icon} size={14} className={clsx(look.tone, look.spin && 'animate-spin')} />
      <span className="truncate max-[760px]:sr-only">{words}</span>
    </a>
  );
}

function RunningPill() {
  const client = useClient();
  const runs = useRuns((state) => state.runs);
  const limit = useRuns((state) => state.limit);
  const active = (runs ?? []).filter((run) => going(run) && run.state !== 'queued').length;
  const open = (runs ?? []).filter(going).length;
  return (
    <>
      <span
        className={clsx(PILL, 'font-medium max-[1020px]:px-2')}
        title="Runs that go on now, and how many may at once"
      >
        {runs === null ? '–' : active} of {limit ?? '–'}
        <span className="-ml-1 max-[1020px]:sr-only">running</span>
      </span>
      <Button variant="danger" icon={Square} disabled={open === 0} onClick={() => void stopAllRuns(client, open)}>
        <span className="max-[760px]:sr-only">Stop all</span>
      </Button>
    </>
  );
}
