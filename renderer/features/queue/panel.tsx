/** The queue: who waits, for what, and the ways to change the order (RUN-8). */
import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronDown, ChevronsUp, ChevronUp, Hourglass, KeyRound, X } from 'lucide-react';
import { useRef, useState, type KeyboardEvent } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { RunSummary } from '#shared/domain/run.ts';
import { count } from '../../show/format.ts';
import { LevelChip } from '../../show/level-chip.tsx';
import { Elapsed } from '../../show/time.tsx';
import { useClient } from '../../state/client.tsx';
import { go } from '../../state/route.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { Dialog } from '../../ui/layers/dialog.tsx';
import { Empty } from '../../ui/states.tsx';
import { useRuns } from '../../state/runs.ts';
import { cancelRun, cancelWaiting, moveRun } from './actions.ts';
import { waitingRuns } from './order.ts';

const ROW = 48;
const NO_RUNS: readonly RunSummary[] = [];

export function QueuePanel({ onClose }: { onClose: () => void }) {
  const client = useClient();
  const queue = useRuns((state) => state.queue);
  const limit = useRuns((state) => state.limit);
  // What runs tells ten times a second; nothing of that is drawn here.
  const waiting = useRuns(useShallow((state) => waitingRuns(state.runs ?? NO_RUNS, state.queue)));
  return (
    <Dialog
      wide
      title={waiting.length === 0 ? 'Queue' : `Queue: ${count(waiting.length, 'run')}`}
      description={
        limit === null
          ? 'Projects take turns; what you move goes first.'
          : `${limit} may run at once. Projects take turns; what you move goes first.`
      }
      onClose={onClose}
      footer={
        <>
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-muted max-[1000px]:sr-only">
            <Hint keys={['Alt', '↑', '↓']} does="move" />
            <Hint keys={['Alt', 'Home']} does="run next" />
            <Hint keys={['Del']} does="cancel" />
            <Hint keys={['↵']} does="open" />
          </span>
          <span className="flex-1" />
          <Button variant="danger" disabled={waiting.length === 0} onClick={() => void cancelWaiting(client, waiting)}>
            Cancel all waiting…
          </Button>
          <Button onClick={onClose}>Close</Button>
        </>
      }
    >
      {waiting.length === 0 ? (
        <Empty icon={Hourglass} title="Nothing waits">
          A run waits here while the limit, a quota or the engine’s memory holds it up.
        </Empty>
      ) : (
        <Rows waiting={waiting} queue={queue} onClose={onClose} />
      )}
    </Dialog>
  );
}

function Hint({ keys, does }: { keys: readonly string[]; does: string }) {
  return (
    <span className="inline-flex items-center gap-1">
      {keys.map((key) => (
        <Kbd key={key} keys={key} />
      ))}
      {does}
    </span>
  );
}

function Rows({
  waiting,
  queue,
  onClose,
}: {
  waiting: readonly RunSummary[];
  queue: readonly string[];
  onClose: () => void;
}) {
  const client = useClient();
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<string | null>(null);
  const virtual = useVirtualizer({
    count: waiting.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: (index) => waiting[index]?.id ?? index,
    overscan: 6,
  });
  const activeAt = Math.max(
    0,
    waiting.findIndex((run) => run.id === active),
  );
  const focusRow = (at: number): void => {
    const run = waiting[Math.min(waiting.length - 1, Math.max(0, at))];
    if (!run) return;
    setActive(run.id);
    virtual.scrollToIndex(waiting.indexOf(run));
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-run="${CSS.escape(run.id)}"]`)?.focus(),
    );
  };
  const open = (id: string): void => {
    onClose();
    go({ at: 'run', id });
  };
  const onKeyDown = (event: KeyboardEvent, at: number, { id }: RunSummary): void => {
    if (event.target !== event.currentTarget) return;
    const moves = { ArrowUp: 'up', ArrowDown: 'down', Home: 'first', End: 'last' } as const;
    const steps: Readonly<Record<string, number>> = {
      ArrowUp: at - 1,
      ArrowDown: at + 1,
      Home: 0,
      End: waiting.length - 1,
    };
    const where = event.altKey ? moves[event.key as keyof typeof moves] : undefined;
    const to = steps[event.key];
    if (where !== undefined) void moveRun(client, id, where);
    else if (to !== undefined && !event.altKey) focusRow(to);
    else if (event.key === 'Enter') open(id);
    else if (event.key === 'Delete') {
      void cancelRun(client, id);
      focusRow(at === waiting.length - 1 ? at - 1 : at + 1);
    } else return;
    event.preventDefault();
  };
  return (
    <div ref={scroller} className="h-[min(480px,calc(100vh-240px))] overflow-auto">
      <div
        role="grid"
        aria-label="Waiting runs"
        aria-rowcount={waiting.length}
        style={{ height: virtual.getTotalSize() }}
        className="relative"
      >
        {virtual.getVirtualItems().map((item) => {
          const run = waiting[item.index];
          if (!run) return null;
          const place = queue.indexOf(run.id);
          return (
            <div
              key={run.id}
              role="row"
              data-run={run.id}
              aria-rowindex={item.index + 1}
              aria-label={`${run.name}, waits for ${run.waitsFor ?? 'its turn'}`}
              tabIndex={item.index === activeAt ? 0 : -1}
              onFocus={() => setActive(run.id)}
              onKeyDown={(event) => onKeyDown(event, item.index, run)}
              style={{ transform: `translateY(${item.start}px)`, height: ROW }}
              className="group absolute inset-x-0 top-0 grid grid-cols-[36px_minmax(0,1fr)_minmax(96px,160px)_64px_auto] items-center gap-3 border-b px-4 hover:bg-raised focus-visible:-outline-offset-2"
            >
              <span role="gridcell" className="text-right font-mono text-sm text-muted">
                {place === -1 ? <Icon of={KeyRound} label="needs its secrets" className="text-amber" /> : place + 1}
              </span>
              <span role="gridcell" className="min-w-0">
                <button
                  type="button"
                  tabIndex={-1}
                  title={run.name}
                  className="block max-w-full truncate rounded text-left font-medium hover:underline"
                  onClick={() => open(run.id)}
                >
                  {run.name}
                </button>
                <span className="block truncate text-sm text-muted" title={run.waitsFor}>
                  waits for {run.waitsFor ?? 'its turn'}
                </span>
              </span>
              <span role="gridcell">
                <LevelChip level={run.level} name={run.policy} />
              </span>
              <span
                role="gridcell"
                className="text-right font-mono text-sm text-muted"
                title="Waiting since it was asked for"
              >
                <Elapsed from={run.createdAt} to={null} />
              </span>
              <Steer run={run} place={place} last={place === queue.length - 1} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Steer({ run, place, last }: { run: RunSummary; place: number; last: boolean }) {
  const client = useClient();
  const common = { size: 'sm', tabIndex: -1 } as const;
  const first = place <= 0;
  return (
    <span role="gridcell" className="flex items-center">
      <IconButton
        {...common}
        label={`Run ${run.name} next`}
        icon={ChevronsUp}
        disabled={first}
        onClick={() => void moveRun(client, run.id, 'first')}
      />
      <IconButton
        {...common}
        label={`Move ${run.name} up`}
        icon={ChevronUp}
        disabled={first}
        onClick={() => void moveRun(client, run.id, 'up')}
      />
      <IconButton
        {...common}
        label={`Move ${run.name} down`}
        icon={ChevronDown}
        disabled={place === -1 || last}
        onClick={() => void moveRun(client, run.id, 'down')}
      />
      <IconButton
        {...common}
        label={`Cancel ${run.name}`}
        icon={X}
        className="text-red"
        onClick={() => void cancelRun(client, run.id)}
      />
    </span>
  );
}
