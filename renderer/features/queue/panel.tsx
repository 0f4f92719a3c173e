/** The queue: who waits, for what, and the ways to change the order (RUN-8). */
import { ChevronDown, ChevronsUp, ChevronUp, Hourglass, KeyRound, X } from 'lucide-react';
import type { KeyboardEvent, MouseEvent } from 'react';
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
import { Grid } from '../../ui/tables/grid.tsx';
import { useRuns } from '../../state/runs.ts';
import { cancelRun, cancelWaiting, moveRun } from './actions.ts';
import { waitingRuns } from './order.ts';

const ROW = 48;
const COLUMNS = '36px minmax(0,1fr) minmax(96px,160px) 64px 120px';
const TITLES = ['Turn', 'Run', 'Policy', 'Waiting'];
const NUMBERS = new Set(['Turn', 'Waiting']);
const MOVES: ReadonlyMap<string, Parameters<typeof moveRun>[2]> = new Map([
  ['ArrowUp', 'up'],
  ['ArrowDown', 'down'],
  ['Home', 'first'],
  ['End', 'last'],
]);
const keyOf = ({ id }: RunSummary): string => id;
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
  const open = ({ id }: RunSummary): void => {
    onClose();
    go({ at: 'run', id });
  };
  const onKey = ({ key }: KeyboardEvent, run: RunSummary): boolean => {
    if (key === 'Enter') open(run);
    else if (key === 'Delete') void cancelRun(client, run.id);
    else return false;
    return true;
  };
  const onAltKey = ({ key }: KeyboardEvent, { id }: RunSummary): boolean => {
    const where = MOVES.get(key);
    if (where === undefined) return false;
    void moveRun(client, id, where);
    return true;
  };
  return (
    <div className="flex h-[min(480px,calc(100vh-240px))] flex-col">
      <Grid
        label="Waiting runs"
        rows={waiting}
        keyOf={keyOf}
        nameOf={(run) => `${run.name}, waits for ${run.waitsFor ?? 'its turn'}`}
        rowHeight={ROW}
        columns={COLUMNS}
        lineClass="min-w-150 gap-3 px-4"
        headClass="h-8"
        onClick={open}
        onKey={onKey}
        onAltKey={onAltKey}
        head={
          <>
            {TITLES.map((title) => (
              <div key={title} role="columnheader" className={NUMBERS.has(title) ? 'text-right' : ''}>
                {title}
              </div>
            ))}
            <div role="columnheader">
              <span className="sr-only">Change</span>
            </div>
          </>
        }
        renderCells={(run) => {
          const place = queue.indexOf(run.id);
          return (
            <>
              <span role="gridcell" className="text-right font-mono text-sm text-muted">
                {place === -1 ? <Icon of={KeyRound} label="needs its secrets" className="text-amber" /> : place + 1}
              </span>
              <span role="gridcell" className="min-w-0">
                <span title={run.name} className="block truncate font-medium">
                  {run.name}
                </span>
                <span className="block truncate text-sm text-muted" title={run.waitsFor}>
                  waits for {run.waitsFor ?? 'its turn'}
                </span>
              </span>
              <span role="gridcell" className="min-w-0">
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
            </>
          );
        }}
      />
    </div>
  );
}

function Steer({ run, place, last }: { run: RunSummary; place: number; last: boolean }) {
  const client = useClient();
  const common = { size: 'sm', tabIndex: -1 } as const;
  const first = place <= 0;
  const doing = (work: () => Promise<void>) => (event: MouseEvent) => {
    event.stopPropagation();
    void work();
  };
  return (
    <span role="gridcell" className="flex items-center justify-end">
      <IconButton
        {...common}
        label={`Run ${run.name} next`}
        icon={ChevronsUp}
        disabled={first}
        onClick={doing(() => moveRun(client, run.id, 'first'))}
      />
      <IconButton
        {...common}
        label={`Move ${run.name} up`}
        icon={ChevronUp}
        disabled={first}
        onClick={doing(() => moveRun(client, run.id, 'up'))}
      />
      <IconButton
        {...common}
        label={`Move ${run.name} down`}
        icon={ChevronDown}
        disabled={place === -1 || last}
        onClick={doing(() => moveRun(client, run.id, 'down'))}
      />
      <IconButton
        {...common}
        label={`Cancel ${run.name}`}
        icon={X}
        className="text-red"
        onClick={doing(() => cancelRun(client, run.id))}
      />
    </span>
  );
}
