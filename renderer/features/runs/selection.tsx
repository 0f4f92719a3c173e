/** What can be done to several runs at once. */
import { GitCompare, Pin, PinOff, Tag, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import type { RunSummary } from '#shared/domain/run.ts';
import type { Client } from '../../rpc/client.ts';
import { count } from '../../show/format.ts';
import { checkTags, tagsOf } from '../../show/tags.ts';
import { attempt, useClient } from '../../state/client.tsx';
import { useCommands } from '../../state/commands.ts';
import { go } from '../../state/route.ts';
import { Button } from '../../ui/button.tsx';
import { ask } from '../../ui/layers/dialog.tsx';
import { toast } from '../../ui/layers/toast.tsx';
import { TextDialog } from '../../ui/layers/text-dialog.tsx';
import { going } from '../../state/runs.ts';

export interface Selection {
  readonly ids: ReadonlySet<string>;
  readonly toggle: (id: string) => void;
  /** Selects these as well, as far as so many can be changed at once. */
  readonly add: (ids: readonly string[]) => void;
  readonly clear: () => void;
}

async function remove(client: Client, runs: readonly RunSummary[], done: () => void): Promise<void> {
  const sure = await ask({
    title: `Remove ${count(runs.length, 'run')}?`,
    text: 'Their output, charts and verdicts are deleted from this computer. This cannot be undone. Runs that still go on stay.',
    action: 'Remove',
    destructive: true,
  });
  if (!sure) return;
  await attempt(
    client.history.remove({ ids: runs.map((run) => run.id) }).then(({ removed }) => {
      toast(`${count(removed, 'run')} removed.`);
      done();
    }),
  );
}

/** Shown while runs are selected; `chosen` are those, newest first. */
export function SelectionBar({ chosen, selection }: { chosen: readonly RunSummary[]; selection: Selection }) {
  const client = useClient();
  const [tagging, setTagging] = useState(false);
  const [first, second] = chosen;
  const pinned = chosen.length > 0 && chosen.every((run) => run.pinned);
  const over = chosen.filter((run) => !going(run));
  const ids = chosen.map((run) => run.id);
  const compare = (): void => {
    // The older one is A: what changed reads from left to right.
    if (first && second && chosen.length === 2) go({ at: 'compare', a: second.id, b: first.id });
  };
  useCommands('selection', [
    { id: 'compare', title: 'Compare two selected runs', group: 'Runs', icon: GitCompare, keys: 'c', run: compare },
    {
      id: 'pin',
      title: pinned ? 'Unpin the selected runs' : 'Pin the selected runs',
      group: 'Runs',
      icon: Pin,
      keys: 'p',
      run: () => void attempt(client.history.mark({ ids, pinned: !pinned })),
    },
  ]);
  return (
    <div
      role="toolbar"
      aria-label="Selected runs"
      className="flex min-h-10 shrink-0 flex-wrap items-center gap-2 border-t bg-accent-pale px-4 py-1"
    >
      <span role="status" className="font-medium">
        {count(chosen.length, 'run')} selected
      </span>
      <Button size="sm" icon={GitCompare} disabled={chosen.length !== 2} onClick={compare}>
        Compare
      </Button>
      <Button
        size="sm"
        icon={pinned ? PinOff : Pin}
        onClick={() => void attempt(client.history.mark({ ids, pinned: !pinned }))}
      >
        {pinned ? 'Unpin' : 'Pin'}
      </Button>
      <Button size="sm" icon={Tag} onClick={() => setTagging(true)}>
        Tag…
      </Button>
      <Button
        size="sm"
        icon={Trash2}
        disabled={over.length === 0}
        onClick={() => void remove(client, over, selection.clear)}
      >
        Remove…
      </Button>
      <Button size="sm" variant="ghost" icon={X} className="ml-auto" onClick={selection.clear}>
        Clear
      </Button>
      {tagging && (
        <TextDialog
          title={`Tag ${count(chosen.length, 'run')}`}
          description="Words separated by spaces; runs are found again with tag:word. They replace the tags that the runs have."
          label="Tags"
          initial={[...new Set(chosen.flatMap((run) => run.tags))].join(' ')}
          action="Tag"
          check={checkTags}
          onDone={(text) => {
            setTagging(false);
            void attempt(client.history.mark({ ids, tags: tagsOf(text) }));
          }}
          onClose={() => setTagging(false)}
        />
      )}
    </div>
  );
}
