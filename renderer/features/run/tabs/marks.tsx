/** Pin, tags and note of a run: kept from being tidied away, found again, remembered (RUN-12). */
import { Pin, PinOff } from 'lucide-react';
import { useId, useState } from 'react';
import { MARK_LIMITS } from '#shared/contract/history.ts';
import type { RunSummary } from '#shared/domain/run.ts';
import { checkTags, tagsOf } from '../../../show/tags.ts';
import { useClient } from '../../../state/client.tsx';
import { Button } from '../../../ui/button.tsx';
import { TextArea, TextInput } from '../../../ui/field.tsx';
import { mark, useMarks } from '../marks.ts';

export function MarksForm({ summary }: { summary: RunSummary }) {
  const client = useClient();
  const marks = useMarks(summary);
  const id = useId();
  const kept = marks.tags.join(' ');
  const [tags, setTags] = useState(kept);
  const [note, setNote] = useState(marks.note);
  const [busy, setBusy] = useState(false);
  const problem = checkTags(tags);
  const changed = tagsOf(tags).join(' ') !== kept || note !== marks.note;
  const save = async (): Promise<void> => {
    setBusy(true);
    await mark(client, summary.id, marks, { tags: tagsOf(tags), note }, 'Tags and note are saved.');
    setBusy(false);
  };
  return (
    <section>
      <div className="mb-2 flex items-center gap-3">
        <h2 className="font-semibold">Remember it</h2>
        <Button
          size="sm"
          icon={marks.pinned ? PinOff : Pin}
          onClick={() => void mark(client, summary.id, marks, { pinned: !marks.pinned })}
        >
          {marks.pinned ? 'Unpin' : 'Pin'}
        </Button>
        <span className="text-sm text-muted">
          {marks.pinned
            ? 'Pinned: its output is kept whatever its age.'
            : 'A pinned run keeps its output whatever its age.'}
        </span>
      </div>
      <form
        className="grid grid-cols-[repeat(auto-fit,minmax(min(100%,320px),1fr))] items-start gap-x-8 gap-y-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (changed && problem === null) void save();
        }}
      >
        <div className="flex flex-col gap-1">
          <label htmlFor={`${id}-tags`}>Tags</label>
          <TextInput
            id={`${id}-tags`}
            value={tags}
            placeholder="Words separated by spaces"
            aria-invalid={problem !== null}
            aria-describedby={`${id}-problem`}
            onChange={(event) => setTags(event.target.value)}
          />
          <span id={`${id}-problem`} role="status" className="min-h-5 text-sm text-red">
            {problem}
          </span>
        </div>
        <div className="flex flex-col gap-1">
          <label htmlFor={`${id}-note`}>Note</label>
          <TextArea
            id={`${id}-note`}
            value={note}
            maxLength={MARK_LIMITS.note}
            onChange={(event) => setNote(event.target.value)}
          />
        </div>
        <div className="col-span-full flex items-center gap-2">
          <Button type="submit" variant="primary" busy={busy} disabled={!changed || problem !== null}>
            Save
          </Button>
          <Button
            disabled={!changed}
            onClick={() => {
              setTags(kept);
              setNote(marks.note);
            }}
          >
            Revert
          </Button>
        </div>
      </form>
    </section>
  );
}
