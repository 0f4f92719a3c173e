/** The editor of one policy: form, YAML and difference of one draft, with what it grants always in sight. */
import { ArrowLeft, Ellipsis, PencilLine, Play, Redo2, Save, Undo2, X } from 'lucide-react';
import { useEffect, type KeyboardEvent } from 'react';
import { LevelChip } from '../../../show/level-chip.tsx';
import { attempt, useClient } from '../../../state/client.tsx';
import { useCommands } from '../../../state/commands.ts';
import { Button, IconButton } from '../../../ui/button.tsx';
import { Chip } from '../../../ui/chip.tsx';
import { ErrorCard } from '../../../ui/error-card.tsx';
import { ask } from '../../../ui/layers/dialog.tsx';
import { Menu, MenuItem } from '../../../ui/layers/menu.tsx';
import { Skeleton } from '../../../ui/states.tsx';
import { Tabs } from '../../../ui/tabs.tsx';
import { removePolicy, exportYaml } from '../actions.ts';
import { isBroken, isUnsaved, redone, reverted, undone, type Draft } from '../draft/draft.ts';
import { change, close, open, save, useDrafts } from '../draft/store.ts';
import { showDialog, showTab, usePolicyView } from '../view-state.ts';
import { EditorBanners } from './banners.tsx';
import { DiffTab } from './diff-tab.tsx';
import { Dock } from './dock.tsx';
import { Form } from './form.tsx';
import { fetchYamlEditor, YamlTab } from './yaml-tab.tsx';

export interface EditorProps {
  readonly name: string;
  /** The editor has the view for itself; it is left with an arrow instead of a cross. */
  readonly full: boolean;
  readonly onClose: () => void;
  readonly onTry: (name: string) => void;
}

export function PolicyEditor({ name, full, onClose, onTry }: EditorProps) {
  const client = useClient();
  const opened = useDrafts((state) => state.opened[name]);
  const error = useDrafts((state) => state.errors[name]);
  useEffect(() => fetchYamlEditor(), []);
  useEffect(() => {
    void open(client, name).then((draft) => {
      if (draft === null) return;
      client.policies.opened({ name }).catch(() => undefined);
      if (isBroken(draft)) showTab('yaml');
    });
  }, [client, name]);
  if (!opened)
    return error ? (
      <div className="p-4">
        <ErrorCard error={error} action={<Button onClick={onClose}>Back to the table</Button>} />
      </div>
    ) : (
      <div role="status" aria-label={`Opening ${name}`} className="flex flex-col gap-3 p-4">
        {Array.from({ length: 6 }, (_, index) => (
          <Skeleton key={index} className="h-24" />
        ))}
      </div>
    );
  return <Opened draft={opened.draft} full={full} onClose={onClose} onTry={onTry} />;
}

function Opened({ draft, full, onClose, onTry }: Omit<EditorProps, 'name'> & { draft: Draft }) {
  const client = useClient();
  const { name } = draft;
  const tab = usePolicyView((state) => state.tab);
  const level = useDrafts(({ opened }) => opened[name]?.meaning.effective.level ?? 'untrusted');
  const unsaved = isUnsaved(draft);
  const broken = isBroken(draft);
  const canSave = unsaved && !broken && draft.disk === null;
  const canUndo = draft.history.past.length > 0 || draft.edits.length > 0;
  const canRedo = draft.history.future.length > 0 && draft.edits.length === 0;
  const doSave = (): void => void save(client, name);
  const doUndo = (): void => change(name, undone);
  const doRedo = (): void => change(name, redone);
  const leave = async (): Promise<void> => {
    if (unsaved) {
      const discard = await ask({
        title: `Discard the changes of ${name}?`,
        text: 'They are not saved. Cancel keeps them; Ctrl+S saves them.',
        action: 'Discard',
        destructive: true,
      });
      if (!discard) return;
    }
    onClose();
    close(name);
  };
  const revertAll = async (): Promise<void> => {
    const sure = await ask({
      title: `Revert ${name} to the saved file?`,
      text: 'Undo brings the changes back.',
      action: 'Revert all',
    });
    if (sure) change(name, reverted);
  };
  useCommands('policy-editor', [
    {
      id: 'policy-save',
      title: `Save ${name}`,
      group: 'Policy',
      icon: Save,
      keys: '$mod+s',
      run: () => canSave && doSave(),
    },
    { id: 'policy-undo', title: 'Undo', group: 'Policy', icon: Undo2, keys: '$mod+z', run: doUndo },
    { id: 'policy-redo', title: 'Redo', group: 'Policy', icon: Redo2, keys: '$mod+Shift+z', run: doRedo },
    { id: 'policy-try', title: `Try ${name} on a run`, group: 'Policy', icon: Play, run: () => onTry(name) },
    {
      id: 'policy-form',
      title: 'Show the form',
      group: 'Policy',
      keys: 'Alt+1',
      inFields: true,
      run: () => showTab('form'),
    },
    {
      id: 'policy-yaml',
      title: 'Show the YAML',
      group: 'Policy',
      keys: 'Alt+2',
      inFields: true,
      run: () => showTab('yaml'),
    },
    {
      id: 'policy-diff',
      title: 'Show the difference',
      group: 'Policy',
      keys: 'Alt+3',
      inFields: true,
      run: () => showTab('diff'),
    },
    { id: 'policy-close', title: 'Close the editor', group: 'Policy', keys: 'Escape', run: () => void leave() },
  ]);
  // What is being typed is the browser's to undo; from where it is taken on, it is the draft's.
  const onKeyDown = (event: KeyboardEvent): void => {
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || event.altKey || (key !== 'z' && key !== 'y')) return;
    event.stopPropagation();
    if (event.target instanceof HTMLInputElement && event.target.dataset['taken'] === undefined) return;
    event.preventDefault();
    if (event.shiftKey || key === 'y') doRedo();
    else doUndo();
  };
  return (
    <section
      aria-label={`Policy ${name}`}
      className="flex h-full min-h-0 flex-col bg-background"
      onKeyDownCapture={onKeyDown}
    >
      <header className="flex min-h-11 shrink-0 flex-wrap items-center gap-2 bg-panel px-4 pt-2">
        {full && <IconButton label="Back to the table" icon={ArrowLeft} onClick={() => void leave()} />}
        <h2 className="min-w-0 truncate font-semibold" title={name}>
          {name}
        </h2>
        {draft.readable ? <LevelChip level={level} /> : <span className="text-muted">no good version</span>}
        {unsaved && (
          <Chip tone="amber" icon={PencilLine}>
            unsaved
          </Chip>
        )}
        <span className="ml-auto flex items-center">
          <Menu label={`More about ${name}`} trigger={<IconButton label={`More about ${name}`} icon={Ellipsis} />}>
            <MenuItem onSelect={() => showDialog({ kind: 'new', from: name })}>Duplicate…</MenuItem>
            <MenuItem onSelect={() => showDialog({ kind: 'rename', name })}>Rename…</MenuItem>
            <MenuItem onSelect={() => showDialog({ kind: 'compare', left: level, right: name })}>Compare…</MenuItem>
            <MenuItem onSelect={() => exportYaml(name, draft.text)}>Download YAML</MenuItem>
            <MenuItem disabled={broken} onSelect={() => showDialog({ kind: 'copy-as', name })}>
              Copy as…
            </MenuItem>
            <MenuItem disabled={!unsaved} onSelect={() => void revertAll()}>
              Revert all
            </MenuItem>
            <MenuItem danger onSelect={() => void attempt(removePolicy(client, name, onClose))}>
              Delete…
            </MenuItem>
          </Menu>
          {!full && <IconButton label="Close the editor" icon={X} onClick={() => void leave()} />}
        </span>
      </header>
      <div className="max-h-[40vh] shrink-0 overflow-auto bg-panel">
        <EditorBanners draft={draft} onForm={tab === 'form'} />
      </div>
      <div className="flex min-h-0 flex-1 flex-col">
        <Tabs
          label={`Ways to see ${name}`}
          value={tab}
          onChange={showTab}
          tabs={[
            {
              id: 'form',
              title: 'Form',
              content: <Form key={name} name={name} />,
            },
            {
              id: 'yaml',
              title: 'YAML',
              ...(broken ? { badge: { text: 'error', tone: 'red' as const } } : {}),
              content: <YamlTab key={name} name={name} />,
            },
            { id: 'diff', title: 'Diff', content: <DiffTab key={name} name={name} /> },
          ]}
        />
      </div>
      {tab !== 'diff' && draft.readable && <Dock name={name} />}
      <footer className="flex shrink-0 flex-wrap items-center gap-2 border-t bg-panel px-4 py-2.5">
        <Button variant="primary" keys="$mod+S" busy={draft.saving} disabled={!canSave} onClick={doSave}>
          Save
        </Button>
        <Button icon={Play} onClick={() => onTry(name)}>
          Try on a run…
        </Button>
        <span className="flex-1" />
        <IconButton label="Undo" keys="$mod+Z" icon={Undo2} variant="default" disabled={!canUndo} onClick={doUndo} />
        <IconButton
          label="Redo"
          keys="$mod+Shift+Z"
          icon={Redo2}
          variant="default"
          disabled={!canRedo}
          onClick={doRedo}
        />
      </footer>
    </section>
  );
}
