import { FileText, Square, Trash2 } from 'lucide-react';
import type { WorkflowSummary } from '#shared/domain/workflow.ts';
import { showName } from '#shared/script/display.ts';
import { exact } from '../../../show/format.ts';
import { Ago, Elapsed } from '../../../show/time.tsx';
import { Button } from '../../../ui/button.tsx';
import { Chip } from '../../../ui/chip.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Bar } from '../../../ui/states.tsx';
import { workflowLook } from '../model/looks.ts';
import { countsWords, progressOf } from '../model/words.ts';

/** How it stands, how far it is, and the way to stop it. */
export function WorkflowHeader({
  summary,
  stopping,
  onStop,
  onRemove,
  onAgain,
}: {
  summary: WorkflowSummary;
  stopping: boolean;
  onStop: () => void;
  onRemove: () => void;
  onAgain: () => void;
}) {
  const { file, counts, startedAt, endedAt } = summary;
  const look = workflowLook(summary);
  const { done, all } = progressOf(counts);
  const going = summary.state === 'running';
  return (
    <header className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1.5 border-b bg-panel px-4 py-2">
      <span role="status" aria-label={`State: ${look.word}`}>
        <Chip tone={look.tone} icon={look.icon}>
          {look.word}
        </Chip>
      </span>
      <span className="font-mono text-sm whitespace-nowrap" title={`Started ${exact(startedAt)}`}>
        <Elapsed from={startedAt} to={endedAt} />
      </span>
      <span className="whitespace-nowrap">
        <span className="font-mono text-sm">
          {done.toLocaleString('en')} of {all.toLocaleString('en')}
        </span>{' '}
        steps
      </span>
      <Bar
        label="Steps that have run"
        share={all === 0 ? 0 : done / all}
        tone={(counts.failed ?? 0) > 0 ? 'amber' : 'accent'}
        className="w-24"
      />
      <span className="min-w-0 flex-1 basis-48 truncate text-muted max-[1100px]:basis-0" title={countsWords(counts)}>
        {countsWords(counts)}
      </span>
      <span className="inline-flex min-w-0 items-center gap-1.5 text-muted" title={showName(file)}>
        <Icon of={FileText} size={14} />
        <span className="max-w-48 truncate">{showName(file)}</span>
        <span aria-hidden>·</span>
        <span className="whitespace-nowrap">
          <Ago at={startedAt} />
        </span>
      </span>
      <div className="flex items-center gap-2">
        {going ? (
          <Button variant="danger" icon={Square} busy={stopping} onClick={onStop}>
            Stop
          </Button>
        ) : (
          <>
            <Button onClick={onAgain}>Open as new</Button>
            <Button variant="danger" icon={Trash2} onClick={onRemove}>
              Forget
            </Button>
          </>
        )}
      </div>
    </header>
  );
}
