import { Square, Trash2 } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import type { WorkflowSummary } from '#shared/domain/workflow.ts';
import { showName } from '#shared/script/display.ts';
import { Ago, Elapsed } from '../../../show/time.tsx';
import { useClient } from '../../../state/client.tsx';
import { go } from '../../../state/route.ts';
import { IconButton } from '../../../ui/button.tsx';
import { Chip } from '../../../ui/chip.tsx';
import { Bar } from '../../../ui/states.tsx';
import { Grid } from '../../../ui/tables/grid.tsx';
import { removeWorkflow, stopWorkflow } from '../actions.ts';
import { workflowLook } from '../model/looks.ts';
import { countsWords, progressOf } from '../model/words.ts';

const ROW = 44;
const COLUMNS = '128px minmax(140px,1.4fr) minmax(160px,1fr) minmax(120px,1.2fr) 88px 88px 36px';
const TITLES = ['State', 'Workflow', 'Steps', 'How they stand', 'Started', 'Duration'] as const;
const keyOf = ({ id }: WorkflowSummary): string => id;

/** Workflows as virtual rows: arrows move, Enter opens, Delete stops or forgets. `onEnd` is called when the last rows come into sight. */
export function WorkflowTable({ workflows, onEnd }: { workflows: readonly WorkflowSummary[]; onEnd: () => void }) {
  const client = useClient();
  const onKey = ({ key }: KeyboardEvent, one: WorkflowSummary): boolean => {
    if (key === 'Enter') go({ at: 'workflow', id: one.id });
    else if (key === 'Delete') void (one.state === 'running' ? stopWorkflow(client, one) : removeWorkflow(client, one));
    else return false;
    return true;
  };
  return (
    <Grid
      label="Workflows"
      rows={workflows}
      keyOf={keyOf}
      nameOf={(one) => `${showName(one.workflow)}, ${workflowLook(one).word}, ${countsWords(one.counts)}`}
      rowHeight={ROW}
      columns={COLUMNS}
      lineClass="min-w-215 gap-3 pr-3 pl-4"
      headClass="h-9 bg-panel font-medium"
      rowClass={() => 'bg-panel'}
      onClick={({ id }) => go({ at: 'workflow', id })}
      onKey={onKey}
      onEnd={onEnd}
      head={
        <>
          {TITLES.map((title) => (
            <div key={title} role="columnheader">
              {title}
            </div>
          ))}
          <div role="columnheader">
            <span className="sr-only">Action</span>
          </div>
        </>
      }
      renderCells={(one) => (
        <>
          <Cells one={one} />
          <div role="gridcell" className="flex justify-end">
            <RowAction one={one} />
          </div>
        </>
      )}
    />
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
