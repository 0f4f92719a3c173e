import { FolderLock } from 'lucide-react';
import { useState } from 'react';
import type { Plan } from '#shared/contract/runs.ts';
import { lineDiff } from '#shared/policy/diff/lines.ts';
import { count } from '../../show/format.ts';
import { attempt, useClient } from '../../state/client.tsx';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/card.tsx';
import { Dialog } from '../../ui/layers/dialog.tsx';
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
      {looking && <Approve project={project} text={text} onClose={() => setLooking(false)} />}
    </Callout>
  );
}

function Approve({ project, text, onClose }: { project: Project; text: string; onClose: () => void }) {
  const client = useClient();
  const [busy, setBusy] = useState(false);
  const { approved, path, hash, heldBack } = project;
  const decide = async (): Promise<void> => {
    setBusy(true);
    const done = await attempt(
      approved ? client.policies.revokeProject({ path }) : client.policies.approveProject({ path, hash }),
    );
    setBusy(false);
    if (!done) return;
    onClose();
    // The same launch again: its plan is another one now.
    editDraft({});
  };
  return (
    <Dialog
      wide
      title={approved ? 'The project file in force' : 'Approve what this project asks for?'}
      description={<span className="font-mono text-sm break-all">{path}</span>}
      onClose={onClose}
      footer={
        <>
          <span className="min-w-0 flex-1 text-muted">
            {approved
              ? 'Without the approval it may only tighten.'
              : 'Holds for exactly this content; a change of the file asks again.'}
          </span>
          <Button onClick={onClose}>{approved ? 'Close' : 'Not now'}</Button>
          <Button variant={approved ? 'danger' : 'primary'} busy={busy} onClick={() => void decide()}>
            {approved ? 'Take the approval back' : 'Approve this content'}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3 p-4">
        {heldBack.length > 0 && (
          <table className="w-full border-collapse text-left">
            <caption className="mb-1 text-left font-semibold">What approving changes</caption>
            <thead className="text-sm text-muted">
              <tr className="border-b">
                <th scope="col" className="py-1 pr-4 font-normal">
                  Setting
                </th>
                <th scope="col" className="py-1 pr-4 font-normal">
                  Now
                </th>
                <th scope="col" className="py-1 font-normal">
                  Approved
                </th>
              </tr>
            </thead>
            <tbody>
              {heldBack.map(({ field, label, asked, kept }) => (
                <tr key={field} className="border-b border-line/60">
                  <th scope="row" className="py-1 pr-4 font-normal">
                    {label}
                  </th>
                  <td className="py-1 pr-4 font-mono text-sm">{kept}</td>
                  <td className="py-1 font-mono text-sm font-semibold text-amber">{asked}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        <h3 className="font-semibold">The whole file</h3>
        <div
          role="region"
          aria-label="The project file"
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard
          tabIndex={0}
          className="max-h-72 overflow-auto rounded-md border bg-panel py-1"
        >
          <table className="w-full border-collapse font-mono text-sm leading-5">
            <tbody>
              {lineDiff(approved ? text : '', text).map((line) => (
                <tr key={line.after} className={approved ? '' : 'bg-accent-pale'}>
                  <td className="w-9 pr-2 text-right align-top text-muted select-none">{line.after}</td>
                  <td className="w-4 align-top text-accent select-none">{approved ? '' : '+'}</td>
                  <td className="pr-3 break-words whitespace-pre-wrap">{line.text}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </div>
    </Dialog>
  );
}
