import clsx from 'clsx';
import { Square, Trash2 } from 'lucide-react';
import { useRef, useState, type KeyboardEvent } from 'react';
import type { WorkflowSummary } from '#shared/domain/workflow.ts';
import { showName } from '#shared/script/display.ts';
import { Ago, Elapsed } from '../../../show/time.tsx';
import { useClient } from '../../../state/client.tsx';
import { go } from '../../../state/route.ts';
import { Button, IconButton } from '../../../ui/button.tsx';
import { Chip } from '../../../ui/chip.tsx';
import { Bar } from '../../../ui/states.tsx';
import { removeWorkflow, stopWorkflow } from '../actions.ts';
import { workflowLook } from '../model/looks.ts';
import { countsWords, progressOf } from '../model/words.ts';

const GRID =
  'grid grid-cols-[128px_minmax(140px,1.4fr)_minmax(160px,1fr)_minmax(120px,1.2fr)_88px_88px_36px] items-center gap-3 pr-3 pl-4';
const TITLES = ['State', 'Workflow', 'Steps', 'How they stand', 'Started', 'Duration'] as const;

/** Rows of workflows: arrows move, Enter opens, Delete stops or forgets. */
export function WorkflowTable({
  workflows,
  more,
  onMore,
}: {
  workflows: readonly WorkflowSummary[];
  more: boolean;
  onMore: () => void;
}) {
  const client = useClient();
  const rows = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<string | null>(null);
  const at = Math.max(
    0,
    workflows.findIndex(({ id }) => id === active),
  );
  const onKeyDown = (event: KeyboardEvent, index: number, one: WorkflowSummary): void => {
    if (event.target !== event.currentTarget) return;
    const moves: Record<string, number> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      Home: 0,
      End: workflows.length - 1,
    };
    const to = moves[event.key];
    if (to !== undefined) {
      const next = workflows[Math.min(workflows.length - 1, Math.max(0, to))];
      if (next) rows.current?.querySelector<HTMLElement>(`[data-workflow="${CSS.escape(next.id)}"]`)?.focus();
    } else if (event.key === 'Enter') go({ at: 'workflow', id: one.id });
    else if (event.key === 'Delete')
      void (one.state === 'running' ? stopWorkflow(client, one) : removeWorkflow(client, one));
    else return;
    event.preventDefault();
  };
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-x-auto">
      <div
        ref={rows}
        role="grid"
        aria-label="Workflows"
        aria-rowcount={workflows.length + 1}
        className="min-h-0 min-w-215 flex-1 overflow-x-hidden overflow-y-auto"
      >
        <div
          role="row"
          aria-rowindex={1}
          className={clsx(GRID, 'sticky top-0 z-10 h-9 border-b bg-panel text-sm font-medium text-muted')}
        >
          {TITLES.map((title) => (
            <div key={title} role="columnheader">
              {title}
            </div>
          ))}
          <div role="columnheader">
            <span className="sr-only">Action</span>
          </div>
        </div>
        {workflows.map((one, index) => (
          <div
            key={one.id}
            role="row"
            data-workflow={one.id}
            aria-rowindex={index + 2}
            tabIndex={index === at ? 0 : -1}
            onFocus={() => setActive(one.id)}
            onKeyDown={(event) => onKeyDown(event, index, one)}
            onClick={() => go({ at: 'workflow', id: one.id })}
            className={clsx(
              GRID,
              'group h-11 cursor-pointer border-b bg-panel hover:bg-raised focus-visible:-outline-offset-2',
            )}
          >
            <Cells one={one} />
            <div role="gridcell" className="flex justify-end">
              <RowAction one={one} />
            </div>
          </div>
        ))}
        {more && (
          <div role="row" className="flex justify-center p-3">
            <div role="gridcell">
              <Button onClick={onMore}>Show older ones</Button>
            </div>
          </div>
        )}
      </div>
    </div>
  );
}

function Cells({ one }: { one: WorkflowSummary }) {
  const look = workflowLook(one);
  const { done, all } = progressOf(one.counts);
  return (
    <>
      <div role="gridcell" className="flex min-w-0">
        <Chip tone={look.tone} icon={look.icon}>
          {look.word}
        </Chip>
      </div>
      <div role="gridcell" className="min-w-0">
        <span className="block truncate font-medium" title={showName(one.workflow)}>
          {showName(one.workflow)}
        </span>
        <span className="block truncate text-sm text-muted" title={showName(one.file)}>
          {showName(one.file)}
        </span>
      </div>
      <div role="gridcell" className="flex min-w-0 items-center gap-2">
        <span className="min-w-16 shrink-0 font-mono text-sm whitespace-nowrap">
          {done.toLocaleString('en')} of {all.toLocaleString('en')}
        </span>
        <Bar
          label={`Steps of ${showName(one.workflow)} that have run`}
          share={all === 0 ? 0 : done / all}
          tone={(one.counts.failed ?? 0) > 0 ? 'amber' : 'accent'}
          className="h-1 min-w-12 flex-1"
        />
      </div>
      <div role="gridcell" className="truncate text-muted" title={countsWords(one.counts)}>
        {countsWords(one.counts)}
      </div>
      <div role="gridcell" className="text-muted">
        <Ago at={one.startedAt} />
      </div>
      <div role="gridcell" className="font-mono text-sm">
        <Elapsed from={one.startedAt} to={one.endedAt} />
      </div>
    </>
  );
}

function RowAction({ one }: { one: WorkflowSummary }) {
  const client = useClient();
  const name = showName(one.workflow);
  const going = one.state === 'running';
  return (
    <IconButton
      label={going ? `Stop ${name}` : `Forget the workflow ${name}`}
      icon={going ? Square : Trash2}
      size="sm"
      tabIndex={-1}
      className={
        going
          ? 'text-red'
          : 'opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 focus-visible:opacity-100'
      }
      onClick={(event) => {
        event.stopPropagation();
        void (going ? stopWorkflow(client, one) : removeWorkflow(client, one));
      }}
    />
  );
}
