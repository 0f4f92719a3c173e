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

/** What the file asks for beyond what may be, and the way to let it (POL-3). */
export function FileBanner({ file, text }: { file: NonNullable<WorkflowPlan['file']>; text: string }) {
  const [looking, setLooking] = useState(false);
  const { approved } = file;
  const heldBack = file.heldBack.map((one) => ({
    ...one,
    label: one.step === '' ? one.label : `${showName(one.step)}: ${one.label}`,
  }));
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
          {heldBack.slice(0, NAMED).map(({ label, field, asked, kept }) => (
            <li key={`${label} ${field}`}>
              {label}: asks for <span className="font-mono text-sm">{showName(asked)}</span>, stays{' '}
              <span className="font-mono text-sm">{kept}</span>
            </li>
          ))}
          {heldBack.length > NAMED && <li className="text-muted">and {heldBack.length - NAMED} more</li>}
        </ul>
      )}
      {looking && (
        <ApproveFile
          what="workflow file"
          file={{ ...file, heldBack }}
          text={text}
          // The same file again: its plan is another one now.
          onDecided={() => editFlow({})}
          onClose={() => setLooking(false)}
        />
      )}
    </Callout>
  );
}
