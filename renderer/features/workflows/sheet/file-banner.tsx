import { FolderLock } from 'lucide-react';
import { useState } from 'react';
import type { WorkflowPlan } from '#shared/domain/workflow.ts';
import { showName } from '#shared/script/display.ts';
import { ApproveFile } from '../../../show/approval/approve-file.tsx';
import { count } from '../../../show/format.ts';
import { Button } from '../../../ui/button.tsx';
import { Callout } from '../../../ui/card.tsx';
import { editFlow } from './store.ts';

/** Values that are held back named here; more are counted. */
const NAMED = 4;

const stepsWords = (steps: readonly string[]): string =>
  steps.length > 1 ? count(steps.length, 'step') : showName(steps[0] || 'the workflow');

/** What the file asks for beyond what may be, and the way to let it (POL-3). */
export function FileBanner({ file, text }: { file: NonNullable<WorkflowPlan['file']>; text: string }) {
  const [looking, setLooking] = useState(false);
  const { approved } = file;
  const { heldBack } = file;
  const alike = [...Map.groupBy(heldBack, ({ label, asked, kept }) => `${label} ${asked} ${kept}`)];
  if (!approved && heldBack.length === 0) return null;
  return (
    <Callout
      tone={approved ? 'info' : 'amber'}
      icon={FolderLock}
      action={
        <Button size="sm" onClick={() => setLooking(true)}>
          {approved ? 'Show…' : 'Approve…'}
        </Button>
      }
    >
      <p className="font-semibold">
        {approved
          ? 'The file sets its own limits, which you approved.'
          : `The file asks for more than you allow: ${count(heldBack.length, 'setting')} held back.`}
      </p>
      {!approved && (
        <ul className="mt-1 flex flex-col gap-0.5">
          {alike.slice(0, NAMED).map(([key, of]) => (
            <li key={key}>
              {of[0]?.label}: asks for <span className="font-mono text-sm">{showName(of[0]?.asked ?? '')}</span>, stays{' '}
              <span className="font-mono text-sm">{of[0]?.kept}</span>
              <span className="text-muted"> · {stepsWords(of.map(({ step }) => step))}</span>
            </li>
          ))}
          {alike.length > NAMED && <li className="text-muted">and {alike.length - NAMED} more</li>}
        </ul>
      )}
      {looking && (
        <ApproveFile
          what="workflow file"
          file={{
            ...file,
            heldBack: heldBack.map((one) => ({
              ...one,
              label: one.step === '' ? one.label : `${showName(one.step)}: ${one.label}`,
            })),
          }}
          text={text}
          // The same file again: its plan is another one now.
          onDecided={() => editFlow({})}
          onClose={() => setLooking(false)}
        />
      )}
    </Callout>
  );
}
