import { workflowLook } from '../features/workflows/model/looks.ts';
import { useWorkflows } from '../features/workflows/store.ts';
import { showName } from '#shared/script/display.ts';
import { useCommands } from '../state/commands.ts';
import { go } from '../state/route.ts';

/** Recent workflows that the palette offers. */
const RECENT = 5;

/** Opens the newest workflows by name, from every view. */
export function useWorkflowCommands(): void {
  const workflows = useWorkflows((state) => state.workflows) ?? [];
  useCommands(
    'workflow-list',
    workflows.slice(0, RECENT).map((one) => {
      const { icon, word } = workflowLook(one);
      return {
        id: `workflow-${one.id}`,
        title: `Open the workflow ${showName(one.workflow)}, ${word}`,
        group: 'Open a workflow',
        icon,
        run: () => go({ at: 'workflow', id: one.id }),
      };
    }),
  );
}
