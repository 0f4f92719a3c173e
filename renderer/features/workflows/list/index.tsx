/** Every workflow that was started, newest first (WF-1). */
import { FilePlus2, Workflow } from 'lucide-react';
import type { ReactNode } from 'react';
import { count } from '../../../show/format.ts';
import { useClient } from '../../../state/client.tsx';
import { useCommands } from '../../../state/commands.ts';
import { Button } from '../../../ui/button.tsx';
import { CopyButton } from '../../../ui/copy.tsx';
import { ErrorCard } from '../../../ui/error-card.tsx';
import { Empty, Skeleton } from '../../../ui/states.tsx';
import { EXAMPLE } from '../example.ts';
import { olderWorkflows, useWorkflows } from '../store.ts';
import { WorkflowTable } from './table.tsx';

/** `lead` stands before the count: the way back to the runs. */
export function WorkflowsView({
  strip,
  lead,
  onExample,
}: {
  strip: ReactNode;
  lead: ReactNode;
  /** Opens a small workflow to begin with. */
  onExample: (text: string) => void;
}) {
  const client = useClient();
  const { workflows, error, more } = useWorkflows();
  const going = (workflows ?? []).filter(({ state }) => state === 'running').length;
  useCommands('workflows', [
    {
      id: 'flow-example',
      title: 'Open the example workflow',
      group: 'Launch',
      icon: FilePlus2,
      run: () => onExample(EXAMPLE),
    },
  ]);
  return (
    <div className="flex h-full flex-col">
      <div className="shrink-0 p-4">{strip}</div>
      <div className="flex min-h-0 flex-1 flex-col border-t">
        <div className="flex min-h-11.5 shrink-0 flex-wrap items-center gap-x-3 gap-y-1.5 border-b bg-panel px-4 py-2">
          {lead}
          <span className="text-muted">
            {workflows === null || workflows.length === 0 ? '' : count(workflows.length, 'workflow')}
            {going > 0 && `, ${going} going`}
          </span>
        </div>
        {error && <ErrorCard className="m-4" error={error} />}
        {workflows === null ? (
          !error && <Waiting />
        ) : workflows.length === 0 ? (
          <div className="min-h-0 flex-1 overflow-auto">
            <Teaching onExample={onExample} />
          </div>
        ) : (
          <WorkflowTable workflows={workflows} onEnd={() => more && void olderWorkflows(client)} />
        )}
      </div>
    </div>
  );
}

/** What a workflow is, with one to copy. */
function Teaching({ onExample }: { onExample: (text: string) => void }) {
  return (
    <>
      <Empty
        icon={Workflow}
        title="No workflow has been started"
        action={
          <Button variant="primary" icon={FilePlus2} onClick={() => onExample(EXAMPLE)}>
            Open this example
          </Button>
        }
      >
        A workflow is a YAML file of steps that hand data on. Each step is a run in a sandbox of its own, under its own
        policy. Drop such a file, or the folder that holds it.
      </Empty>
      <div className="mx-auto mb-8 max-w-150 px-6">
        <div className="rounded-md border bg-panel">
          <div className="flex items-center border-b px-3 py-1">
            <span className="text-sm text-muted">flow.yaml</span>
            <span className="ml-auto">
              <CopyButton text={EXAMPLE} label="Copy the example" />
            </span>
          </div>
          <pre
            role="region"
            aria-label="An example of a workflow"
            // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard
            tabIndex={0}
            className="overflow-x-auto p-3 font-mono text-sm leading-5"
          >
            {EXAMPLE}
          </pre>
        </div>
      </div>
    </>
  );
}

function Waiting() {
  return (
    <div role="status" aria-label="Loading the workflows" className="flex flex-col bg-panel">
      {Array.from({ length: 6 }, (_, index) => (
        <div key={index} className="flex h-11 items-center gap-4 border-b px-4">
          <Skeleton className="h-5 w-24" />
          <Skeleton className="h-4 flex-1" />
          <Skeleton className="h-4 w-40" />
        </div>
      ))}
    </div>
  );
}
