import { useState } from 'react';
import { go } from '../../../state/route.ts';
import { Button } from '../../../ui/button.tsx';
import { Callout } from '../../../ui/card.tsx';
import { ErrorCard } from '../../../ui/error-card.tsx';
import { Prose } from '../../../ui/prose.tsx';
import { keepMine, takeTheirs, type Draft } from '../draft/draft.ts';
import { change, close, dismissError, useDrafts } from '../draft/store.ts';
import { showLine } from '../view-state.ts';
import { LinesDiff } from '../../../show/lines-diff.tsx';

/** What stands in the way of this draft: a file that changed meanwhile, a text that cannot be read, a save that failed. */
export function EditorBanners({ draft, onForm }: { draft: Draft; onForm: boolean }) {
  const error = useDrafts((state) => state.errors[draft.name]);
  const wrong = draft.problems.find(({ severity }) => severity === 'error');
  return (
    <>
      {error && (
        <ErrorCard
          error={error}
          className="mx-4 mt-3"
          action={
            <Button size="sm" onClick={() => dismissError(draft.name)}>
              Dismiss
            </Button>
          }
        />
      )}
      {draft.refused !== null && (
        <Callout
          tone="red"
          className="mx-4 mt-3"
          action={
            <Button size="sm" onClick={() => change(draft.name, (now) => ({ ...now, refused: null }))}>
              Dismiss
            </Button>
          }
        >
          <div role="alert">
            <Prose text={withoutPlace(draft.refused.message)} />{' '}
            <span className="text-muted">
              <Prose text={draft.refused.next ?? ''} />
            </span>
          </div>
        </Callout>
      )}
      {draft.disk !== null && <Conflict draft={draft} />}
      {onForm && wrong && (
        <Callout
          tone="red"
          className="mx-4 mt-3"
          action={
            <Button size="sm" onClick={() => showLine(wrong.line, wrong.column)}>
              Show line {wrong.line}
            </Button>
          }
        >
          <p>
            <Prose text={wrong.message} />
          </p>
          <p className="text-muted">
            The form shows what the text said last, and waits until it can be read again. Line {wrong.line}, column{' '}
            {wrong.column}.
          </p>
        </Callout>
      )}
    </>
  );
}

/** What is refused never came into the text, so it has no place there. */
function withoutPlace(message: string): string {
  return message.replace(/^\d+:\d+: /u, '');
}

function Conflict({ draft }: { draft: Draft }) {
  const [open, setOpen] = useState(false);
  const { disk, name } = draft;
  if (disk === null) return null;
  if (disk.text === null)
    return (
      <Callout
        tone="amber"
        className="mx-4 mt-3"
        action={
          <>
            <Button
              size="sm"
              onClick={() => {
                close(name);
                go({ at: 'policies' });
              }}
            >
              Let it go
            </Button>
            <Button size="sm" variant="primary" onClick={() => change(name, keepMine)}>
              Keep mine
            </Button>
          </>
        }
      >
        The file of {name} was deleted while you changed it here. Keep yours, and saving writes it anew.
      </Callout>
    );
  return (
    <Callout tone="amber" className="mx-4 mt-3">
      <p className="font-semibold">The file of {name} changed while you changed it here.</p>
      <p className="text-muted">Nothing is overwritten before you choose.</p>
      <div className="mt-2 flex flex-wrap gap-2">
        <Button size="sm" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Hide the difference' : 'Show the difference'}
        </Button>
        <Button size="sm" onClick={() => change(name, takeTheirs)}>
          Take the file
        </Button>
        <Button size="sm" onClick={() => change(name, keepMine)}>
          Keep mine
        </Button>
      </div>
      {open && (
        <div className="mt-2 max-h-60 overflow-auto">
          <LinesDiff before={disk.text} after={draft.text} label="From the file on disk to yours" />
        </div>
      )}
    </Callout>
  );
}
