/** The Policies view: levels and own policies in one table, and the editor of one of them (UX-1, POL-2 to POL-9). */
import { FileUp, SearchX } from 'lucide-react';
import { lazy, Suspense, useEffect, useMemo } from 'react';
import type { PolicyContext, OwnPolicy } from '#shared/contract/policies.ts';
import type { FieldPath } from '#shared/domain/policy.ts';
import { useClient } from '../../state/client.tsx';
import { useCommands } from '../../state/commands.ts';
import { followPolicies, usePolicies } from '../../state/policies.ts';
import { go } from '../../state/route.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorCard } from '../../ui/error-card.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ask } from '../../ui/layers/dialog.tsx';
import { Split } from '../../ui/split.tsx';
import { Empty, Skeleton } from '../../ui/states.tsx';
import { viewCommands } from './commands.ts';
import { Compare } from './dialogs/compare.tsx';
import { NewPolicy } from './dialogs/new-policy.tsx';
import { Rename } from './dialogs/rename.tsx';
import { isUnsaved } from './draft/draft.ts';
import { draftOf, keepInStep, save, useDrafts } from './draft/store.ts';
import { PolicyEditor } from './editor/index.tsx';
import { NoPolicies } from './empty.tsx';
import { PoliciesHeader } from './header.tsx';
import { matching } from './table/model.ts';
import { PolicyTable } from './table/table.tsx';
import { useFileDrop } from './use-file-drop.ts';
import { useWide } from './use-wide.ts';
import { showDialog, showField, usePolicyView } from './view-state.ts';

const CopyAs = lazy(() => import('../../show/copy-as.tsx').then((part) => ({ default: part.CopyAs })));
const Import = lazy(() => import('./dialogs/import.tsx').then((part) => ({ default: part.Import })));

/** `name`: the policy whose editor is open. `onTry` takes a policy to the choice of a script. */
export function PoliciesView({ name, onTry }: { name: string | null; onTry: (policy: string) => void }) {
  const client = useClient();
  const { policies, context, error } = usePolicies();
  const { chooseFiles, over, dropProps } = useFileDrop();
  useEffect(() => {
    const life = new AbortController();
    keepInStep(client, life.signal);
    return () => life.abort();
  }, [client]);
  useEffect(() => {
    const onLeave = (event: BeforeUnloadEvent): void => {
      if (Object.values(useDrafts.getState().opened).some(({ draft }) => isUnsaved(draft))) event.preventDefault();
    };
    window.addEventListener('beforeunload', onLeave);
    return () => window.removeEventListener('beforeunload', onLeave);
  }, []);
  useCommands('policies', viewCommands(chooseFiles));
  // A policy whose file was removed is there for as long as something of it is unsaved.
  const drafted = useDrafts(({ opened }) => name !== null && opened[name] !== undefined);
  const there = drafted || policies?.some((policy) => policy.name === name) === true;
  const tryOn = async (policy: string): Promise<void> => {
    const draft = draftOf(policy);
    if (draft !== null && isUnsaved(draft)) {
      const sure = await ask({
        title: `Save ${policy} first?`,
        text: 'A run takes the saved file.',
        action: 'Save and go on',
      });
      if (!sure || !(await save(client, policy))) return;
    }
    onTry(policy);
  };
  return (
    <div className="relative flex h-full min-h-0 flex-col" {...dropProps}>
      {error && policies === null ? (
        <ErrorCard
          error={error}
          className="m-4"
          action={
            // Followed for as long as the page lives, as at its start.
            <Button onClick={() => followPolicies(client, new AbortController().signal)}>Try again</Button>
          }
        />
      ) : policies === null || context === null ? (
        <Waiting />
      ) : (
        <Shown
          policies={policies}
          context={context}
          name={there ? name : null}
          missing={there ? null : name}
          onImport={chooseFiles}
          onTry={(policy) => void tryOn(policy)}
        />
      )}
      <Suspense>
        <Dialogs />
      </Suspense>
      {over && (
        <div className="pointer-events-none absolute inset-3 z-60 flex flex-col items-center justify-center gap-2 rounded-md border-2 border-dashed border-accent bg-accent-pale/90 text-accent">
          <Icon of={FileUp} size={28} />
          <p className="text-lg font-semibold">Drop to see what it would become</p>
          <p>Nothing is saved yet.</p>
        </div>
      )}
    </div>
  );
}

function Shown({
  policies,
  context,
  name,
  missing,
  onImport,
  onTry,
}: {
  policies: readonly OwnPolicy[];
  context: PolicyContext;
  name: string | null;
  missing: string | null;
  onImport: () => void;
  onTry: (policy: string) => void;
}) {
  const wide = useWide();
  const filter = usePolicyView((state) => state.filter);
  const found = useMemo(() => matching(policies, filter), [policies, filter]);
  const openPolicy = (policy: string): void => go({ at: 'policies', name: policy });
  const close = (): void => {
    go({ at: 'policies' });
    focusHead(name);
  };
  const table = (
    <div className="flex h-full min-h-0 flex-col">
      {policies.length === 0 && <NoPolicies onImport={onImport} />}
      {missing !== null && (
        <ErrorCard
          className="m-4"
          error={{
            code: 'input-invalid',
            message: `There is no policy ${missing}.`,
            next: 'Choose one from the table, or make it.',
          }}
          action={<Button onClick={() => go({ at: 'policies' }, true)}>Show the table</Button>}
        />
      )}
      <div className="min-h-0 flex-1">
        {filter !== '' && found.length === 0 ? (
          <Empty
            icon={SearchX}
            title="No policy has that name"
            action={<Button onClick={() => usePolicyView.setState({ filter: '' })}>Show all</Button>}
          />
        ) : (
          <PolicyTable
            policies={found}
            context={context}
            selected={name}
            onOpen={openPolicy}
            onField={(policy: string, path: FieldPath) => {
              openPolicy(policy);
              showField(path);
            }}
            onEdited={(policy) => {
              if (wide) go({ at: 'policies', name: policy });
            }}
          />
        )}
      </div>
    </div>
  );
  const editor = name !== null && <PolicyEditor key={name} name={name} full={!wide} onClose={close} onTry={onTry} />;
  if (editor !== false && !wide) return editor;
  return (
    <>
      <PoliciesHeader policies={policies} selected={editor === false ? null : name} onImport={onImport} />
      <div className="min-h-0 flex-1">
        {wide ? (
          // One pane or two: the table stays what it is, with its focus and its place.
          <Split
            id="policies"
            className="h-full"
            panes={[
              { id: 'table', size: 65, min: '420px', content: table },
              ...(editor === false ? [] : [{ id: 'editor', size: 35, min: '400px', content: editor }]),
            ]}
          />
        ) : (
          table
        )}
      </div>
    </>
  );
}

/** The focus goes back to the column that the editor was opened from. */
function focusHead(name: string | null): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      const head = document.querySelector<HTMLElement>(`[role=columnheader][title="Open ${CSS.escape(name ?? '')}"]`);
      (head ?? document.querySelector<HTMLElement>('[role=grid] [tabindex="0"]'))?.focus();
    }),
  );
}

function Dialogs() {
  const dialog = usePolicyView((state) => state.dialog);
  switch (dialog?.kind) {
    case undefined:
      return null;
    case 'new':
      return <NewPolicy from={dialog.from} />;
    case 'rename':
      return <Rename name={dialog.name} />;
    case 'compare':
      return <Compare left={dialog.left} right={dialog.right} />;
    case 'import':
      return <Import key={dialog.files.map((file) => file.name).join()} files={dialog.files} />;
    case 'copy-as':
      return <CopyDraft name={dialog.name} />;
  }
}

function CopyDraft({ name }: { name: string }) {
  const effective = useDrafts(({ opened }) => opened[name]?.meaning.effective ?? null);
  return effective && <CopyAs name={name} policy={effective} onClose={() => showDialog(null)} />;
}

function Waiting() {
  return (
    <div role="status" aria-label="Reading the policies" className="flex flex-col gap-2.5 p-4">
      <Skeleton className="h-8" />
      {Array.from({ length: 16 }, (_, index) => (
        <Skeleton key={index} className="h-5" />
      ))}
    </div>
  );
}
