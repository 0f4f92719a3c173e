/** A line above the runs while some of them wait: how many, who is next, and the way to the queue (RUN-8). */
import { Hourglass, KeyRound, ListOrdered } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { RunSummary } from '#shared/domain/run.ts';
import { count } from '../../show/format.ts';
import { useCommands } from '../../state/commands.ts';
import { go } from '../../state/route.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useRuns } from '../../state/runs.ts';

const QueuePanel = lazy(() => import('./panel.tsx').then((part) => ({ default: part.QueuePanel })));
const NO_RUNS: readonly RunSummary[] = [];

export function QueueStrip() {
  const [open, setOpen] = useState(false);
  const queue = useRuns((state) => state.queue);
  const next = useRuns(({ runs }) => runs?.find((run) => run.id === queue[0]));
  const wanting = useRuns(
    useShallow(({ runs }) =>
      (runs ?? NO_RUNS).filter((run) => run.state === 'queued' && run.secretsWanted !== undefined),
    ),
  );
  const [wants] = wanting;
  useCommands('queue', [
    { id: 'queue', title: 'Show the queue', group: 'Runs', icon: ListOrdered, keys: 'q', run: () => setOpen(true) },
  ]);
  return (
    <>
      {queue.length + wanting.length > 0 && (
        <section
          aria-label="Queue"
          className="flex min-h-10 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-t bg-panel px-4 py-1"
        >
          <Icon of={Hourglass} className="text-muted" />
          <span role="status" className="font-medium">
            {count(queue.length + wanting.length, 'run')} waiting
          </span>
          {next && (
            <span className="min-w-0 flex-1 truncate text-muted" title={`${next.name} waits for ${next.waitsFor}`}>
              next: <span className="text-text">{next.name}</span>, waits for {next.waitsFor}
            </span>
          )}
          <span className="ml-auto flex items-center gap-2">
            {wants && (
              <Button size="sm" icon={KeyRound} className="text-amber" onClick={() => go({ at: 'run', id: wants.id })}>
                {wanting.length === 1 ? '1 needs its secrets' : `${wanting.length} need their secrets`}
              </Button>
            )}
            <Button size="sm" icon={ListOrdered} keys="q" onClick={() => setOpen(true)}>
              Show the queue
            </Button>
          </span>
        </section>
      )}
      {open && (
        <Suspense fallback={null}>
          <QueuePanel onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
