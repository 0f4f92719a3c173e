/** What can be done to a workflow. */
import type { WorkflowSummary } from '#shared/domain/workflow.ts';
import { showName } from '#shared/script/display.ts';
import type { Client } from '../../rpc/client.ts';
import { attempt } from '../../state/client.tsx';
import { ask } from '../../ui/layers/dialog.tsx';

/** Stops what runs of it, and starts nothing more. */
export function stopWorkflow(client: Client, { id }: Pick<WorkflowSummary, 'id'>): Promise<boolean> {
  return attempt(client.workflows.stop({ id }));
}

/** Forgets a workflow that is over, after asking. True when it is gone. */
export async function removeWorkflow(client: Client, { id, workflow }: WorkflowSummary): Promise<boolean> {
  const name = showName(workflow);
  const sure = await ask({
    title: `Forget the workflow ${name}?`,
    text: 'Its graph and its variables are deleted from this computer. The runs of its steps stay.',
    action: 'Forget',
    destructive: true,
  });
  return sure && attempt(client.workflows.remove({ id }), `The workflow ${name} is forgotten.`);
}
