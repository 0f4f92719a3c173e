import { FolderLock } from 'lucide-react';
import { useState } from 'react';
import type { Plan } from '#shared/contract/runs.ts';
import { ApproveFile } from '../../show/approval/approve-file.tsx';
import { count } from '../../show/format.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/card.tsx';
import { editDraft, useLaunch } from './store.ts';

type Project = NonNullable<Plan['project']>;

/** What the project's own file asks for, what of it is held back, and the way to let it (POL-3). */
export function ProjectBanner({ project }: { project: Project }) {
  const [looking, setLooking] = useState(false);
  const text = useLaunch((state) => state.planned?.project?.text ?? '');
  const { approved, heldBack, path } = project;
  return (
    <Callout
      tone={heldBack.length > 0 ? 'amber' : 'info'}
      icon={FolderLock}
      action={
        <Button size="sm" onClick={() => setLooking(true)}>
          {approved ? 'Show…' : 'Approve…'}
        </Button>
      }
    >
      <p className="font-semibold">
        {approved
          ? 'The project brings its own settings, which you approved.'
          : heldBack.length > 0
            ? `The project asks for more than you allow: ${count(heldBack.length, 'setting')} held back.`
            : 'The project brings its own settings; they only tighten.'}
      </p>
      <p className="font-mono text-sm break-all text-muted">{path}</p>
      {heldBack.length > 0 && (
        <ul className="mt-1 flex flex-col gap-0.5">
          {heldBack.map(({ field, label, asked, kept }) => (
            <li key={field}>
              {label}: asks for <span className="font-mono text-sm">{asked}</span>, stays{' '}
              <span className="font-mono text-sm">{kept}</span>
            </li>
          ))}
        </ul>
      )}
      {looking && (
        <ApproveFile
          what="project file"
          file={project}
          text={text}
          // The same launch again: its plan is another one now.
          onDecided={() => editDraft({})}
          onClose={() => setLooking(false)}
        />
      )}
    </Callout>
  );
}
