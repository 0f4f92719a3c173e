import { CircleX, ClipboardPaste, Clock, Columns2, FileUp, PencilLine, Plus, Search } from 'lucide-react';
import { useMemo } from 'react';
import type { OwnPolicy } from '#shared/contract/policies.ts';
import { count } from '../../show/format.ts';
import { useNow } from '../../show/time.tsx';
import { useClient } from '../../state/client.tsx';
import { go } from '../../state/route.ts';
import { Button } from '../../ui/button.tsx';
import { TextInput } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Menu, MenuItem } from '../../ui/layers/menu.tsx';
import { saveAll } from './actions.ts';
import { isUnsaved } from './draft/draft.ts';
import { useDrafts } from './draft/store.ts';
import { wantsReview } from './table/model.ts';
import { importPasted } from './use-file-drop.ts';
import { showDialog, showLine, usePolicyView } from './view-state.ts';

/** How many there are, what is wrong with their files, what is unsaved, and the ways to a new one. */
export function PoliciesHeader({
  policies,
  selected,
  onImport,
}: {
  policies: readonly OwnPolicy[];
  /** Shown in the editor, which says itself that it is unsaved. */
  selected: string | null;
  onImport: () => void;
}) {
  const filter = usePolicyView((state) => state.filter);
  const unsaved = useUnsaved().filter((name) => name !== selected);
  const client = useClient();
  const [first, second] = policies;
  return (
    <header className="flex min-h-12 shrink-0 flex-wrap items-center gap-x-3 gap-y-2 border-b bg-panel px-4 py-2">
      <p className="text-muted">
        4 levels · {count(policies.length, 'own policy', 'own policies')}
        {policies.length > 0 && !policies.some(broken) && ' · all files valid'}
      </p>
      <BrokenFiles policies={policies} />
      <Reviews policies={policies} />
      {unsaved.length > 0 && (
        <span className="inline-flex items-center gap-2">
          <span className="inline-flex items-center gap-1.5 text-amber">
            <Icon of={PencilLine} size={14} />
            {unsaved.length} unsaved
          </span>
          <Button size="sm" onClick={() => void saveAll(client, unsaved)}>
            {unsaved.length === 1 ? `Save ${unsaved[0]}` : 'Save all'}
          </Button>
        </span>
      )}
      <span className="ml-auto flex flex-wrap items-center gap-2">
        <span className="relative">
          <Search aria-hidden size={14} strokeWidth={1.5} className="absolute top-2 left-2 text-muted" />
          <TextInput
            aria-label="Find a policy"
            placeholder="Find a policy"
            className="w-44 pl-7"
            value={filter}
            onChange={(event) => usePolicyView.setState({ filter: event.target.value })}
            onKeyDown={(event) => {
              // Its undo is its own.
              if (event.ctrlKey && event.key.toLowerCase() === 'z') event.stopPropagation();
              if (event.key !== 'Escape' || filter === '') return;
              event.preventDefault();
              event.stopPropagation();
              usePolicyView.setState({ filter: '' });
            }}
          />
        </span>
        <Menu label="Import" trigger={<Button icon={FileUp}>Import…</Button>}>
          <MenuItem icon={FileUp} onSelect={onImport}>
            From files…
          </MenuItem>
          <MenuItem icon={ClipboardPaste} onSelect={importPasted}>
            From the clipboard
          </MenuItem>
        </Menu>
        <Button
          icon={Columns2}
          onClick={() =>
            showDialog({
              kind: 'compare',
              left: second ? (first?.name ?? 'untrusted') : 'untrusted',
              right: second?.name ?? first?.name ?? 'limited',
            })
          }
        >
          Compare…
        </Button>
        <Button variant="primary" icon={Plus} onClick={() => showDialog({ kind: 'new', from: null })}>
          New policy
        </Button>
      </span>
    </header>
  );
}

const broken = (policy: OwnPolicy): boolean => policy.problems.some(({ severity }) => severity === 'error');

function useUnsaved(): readonly string[] {
  const names = useDrafts(({ opened }) =>
    Object.values(opened)
      .filter(({ draft }) => isUnsaved(draft))
      .map(({ draft }) => draft.name)
      .join('\n'),
  );
  return useMemo(() => (names === '' ? [] : names.split('\n')), [names]);
}

/** Files that cannot be read, each with its place and what is in force instead. */
function BrokenFiles({ policies }: { policies: readonly OwnPolicy[] }) {
  const wrong = policies.filter(broken);
  if (wrong.length === 0) return null;
  return (
    <Menu
      label="Broken files"
      align="start"
      trigger={
        <button
          type="button"
          className="inline-flex h-6 items-center gap-1.5 rounded bg-red-pale px-2 font-medium text-red"
        >
          <Icon of={CircleX} size={14} />
          {count(wrong.length, 'broken file')}
        </button>
      }
    >
      <div className="max-h-80 max-w-120 overflow-auto">
        {wrong.map((policy) => {
          const first = policy.problems.find(({ severity }) => severity === 'error');
          if (!first) return null;
          return (
            <MenuItem
              key={policy.name}
              tall
              onSelect={() => {
                go({ at: 'policies', name: policy.name });
                showLine(first.line, first.column);
              }}
            >
              <span className="block">
                <span className="font-medium">{policy.name}</span>{' '}
                <span className="font-mono text-sm text-muted">
                  {first.line}:{first.column}
                </span>
              </span>
              <span className="block">{first.message.replaceAll('`', '')}</span>
              <span className="block text-muted">
                {policy.document === null
                  ? 'No good version was ever seen: runs under it are refused.'
                  : 'The last good version is in force.'}
              </span>
            </MenuItem>
          );
        })}
      </div>
    </Menu>
  );
}

/** Policies that nobody looked at for long (POL-6). */
function Reviews({ policies }: { policies: readonly OwnPolicy[] }) {
  const now = useNow(3_600_000);
  const old = policies.filter((policy) => wantsReview(policy, now));
  if (old.length === 0) return null;
  return (
    <Menu
      label="Policies to review"
      align="start"
      trigger={
        <button
          type="button"
          className="inline-flex h-6 items-center gap-1.5 rounded bg-raised px-2 font-medium text-muted"
        >
          <Icon of={Clock} size={14} />
          {old.length} to review
        </button>
      }
    >
      <div className="max-h-80 overflow-auto">
        {old.map((policy) => (
          <MenuItem key={policy.name} onSelect={() => go({ at: 'policies', name: policy.name })}>
            {policy.name} <span className="text-muted">not opened for 90 days</span>
          </MenuItem>
        ))}
      </div>
    </Menu>
  );
}
