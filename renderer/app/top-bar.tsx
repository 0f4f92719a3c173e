import clsx from 'clsx';
import { ChevronRight, CircleCheck, CircleX, LoaderCircle, Search, Square, TriangleAlert } from 'lucide-react';
import type { EngineStatus } from '#shared/domain/engine.ts';
import { useLaunch } from '../features/launch/store.ts';
import { stopAllRuns } from '../features/runs/actions.ts';
import { going, useRuns } from '../features/runs/store.ts';
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
      <div className="ml-auto flex shrink-0 items-center gap-2.5">
        <button
          type="button"
          onClick={openPalette}
          aria-keyshortcuts="Control+K F1"
          className={clsx(PILL, 'text-muted hover:bg-raised')}
        >
          <Icon of={Search} size={14} />
          <span className="max-[1180px]:sr-only">Search or run a command</span>
          <Kbd keys="$mod+K" />
        </button>
        <EnginePill />
        <RunningPill />
      </div>
    </header>
  );
}

function Breadcrumbs({ route }: { route: Route }) {
  const runs = useRuns((state) => state.runs);
  const draft = useLaunch((state) => state.draft);
  const view = VIEW_LIST.find((entry) => entry.view === viewOf(route));
  const leaf = leafOf();
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
            <li aria-hidden>
              <Icon of={ChevronRight} size={14} className="text-muted" />
            </li>
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

  function leafOf(): string | null {
    if (route.at === 'new') return draft ? `New run: ${draft.name}` : 'New run';
    if (route.at === 'samples') return 'Samples';
    if (route.at === 'compare') return 'Compare';
    if (route.at === 'insights') return 'Insights';
    if (route.at === 'policies') return route.name ?? null;
    return route.at === 'run' ? (runs?.find((run) => run.id === route.id)?.name ?? route.id) : null;
  }
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
      className={clsx(PILL, 'max-w-64 hover:bg-raised')}
    >
      <Icon of={look.icon} size={14} className={clsx(look.tone, look.spin && 'animate-spin')} />
      <span className="truncate">{words}</span>
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
        Stop all
      </Button>
    </>
  );
}
