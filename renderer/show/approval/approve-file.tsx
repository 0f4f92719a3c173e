/** The one place where a person lets a file that came with a script loosen anything (POL-3). */
import { useState } from 'react';
import { lineDiff } from '#shared/policy/diff/lines.ts';
import { attempt, useClient } from '../../state/client.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/layers/dialog.tsx';
import { ReportTable } from '../../ui/tables/report.tsx';

export interface HeldBack {
  readonly field: string;
  readonly label: string;
  readonly asked: string;
  readonly kept: string;
}

/** Shows the whole file and what approving it changes; the approval is for this path and this content. */
export function ApproveFile({
  what,
  file: { approved, path, hash, heldBack },
  text,
  onDecided,
  onClose,
}: {
  what: 'project file' | 'workflow file';
  file: {
    readonly approved: boolean;
    readonly path: string;
    readonly hash: string;
    readonly heldBack: readonly HeldBack[];
  };
  text: string;
  /** After the approval was given or taken back. */
  onDecided: () => void;
  onClose: () => void;
}) {
  const client = useClient();
  const [busy, setBusy] = useState(false);
  const decide = async (): Promise<void> => {
    setBusy(true);
    const done = await attempt(
      approved ? client.policies.revokeProject({ path }) : client.policies.approveProject({ path, hash }),
    );
    setBusy(false);
    if (!done) return;
    onClose();
    onDecided();
  };
  return (
    <Dialog
      wide
      title={approved ? `The ${what} in force` : `Approve what this ${what} asks for?`}
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
          <ReportTable
            caption="What approving changes"
            captionShown
            columns={[{ title: 'Setting' }, { title: 'Now' }, { title: 'Approved' }]}
          >
            {heldBack.map(({ field, label, asked, kept }) => (
              <tr key={`${label} ${field}`} className="border-b border-line/60">
                <th scope="row" className="py-1 pr-4 font-normal">
                  {label}
                </th>
                <td className="py-1 pr-4 font-mono text-sm">{kept}</td>
                <td className="py-1 font-mono text-sm font-semibold text-amber">{asked}</td>
              </tr>
            ))}
          </ReportTable>
        )}
        <h3 className="font-semibold">The whole file</h3>
        <div
          role="region"
          aria-label={`The ${what}`}
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
