import { Workflow } from 'lucide-react';
import type { RunSummary } from '#shared/domain/run.ts';
import { showName } from '#shared/script/display.ts';
import { hrefOf } from '../../state/route.ts';
import { Icon } from '../../ui/icon.tsx';

/** Leads from the run of a step back to its workflow. */
export function OfWorkflow({ of }: { of: RunSummary['workflow'] }) {
  if (of === null) return null;
  return (
    <a
      href={hrefOf({ at: 'workflow', id: of.id, step: of.step })}
      className="inline-flex max-w-72 items-center gap-1.5 rounded text-accent hover:underline"
    >
      <Icon of={Workflow} size={14} />
      <span className="truncate">
        step {showName(of.step)} of {showName(of.workflow)}
      </span>
    </a>
  );
}
