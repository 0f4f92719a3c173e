import { FileQuestion, FileX2, ListOrdered, TriangleAlert } from 'lucide-react';
import { lazy, Suspense, useMemo, useRef, useState } from 'react';
import { RUNTIMES, type Runtime } from '#shared/domain/run.ts';
import { showBytes } from '#shared/lib/units.ts';
import type { Plan, ScriptMark } from '#shared/contract/runs.ts';
import { showName } from '#shared/script/display.ts';
import { count } from '../../show/format.ts';
import { RUNTIME_WORDS } from '../../show/runtime.ts';
import { Button } from '../../ui/button.tsx';
import { Select } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Menu, MenuItem } from '../../ui/layers/menu.tsx';
import { Empty, Skeleton } from '../../ui/states.tsx';
import { scriptsOf } from './many/scripts.ts';
import { openMany } from './many/store.ts';
import { dropDraft, editDraft, type Draft } from './store.ts';

const CodeView = lazy(() => import('./script/code-view.tsx').then((part) => ({ default: part.CodeView })));

const NO_MARKS: readonly ScriptMark[] = [];
/** Characters shown at most; more would make typing slow and nobody reads it. */
const SHOWN = 1024 * 1024;
const DETECTED = 'detected';

/** The script before it runs: what it is, and the lines worth a look. */
export function ScriptPane({ draft, plan, planFailed }: { draft: Draft; plan: Plan | null; planFailed: boolean }) {
  const [goTo, setGoTo] = useState<{ line: number } | null>(null);
  const shown = draft.entry;
  const text = shown === null ? null : (draft.texts.get(shown) ?? null);
  const marks = useStable(plan?.marks ?? NO_MARKS);
  const lines = useMemo(() => (text === null ? 0 : text.split('\n').length - (text.endsWith('\n') ? 1 : 0)), [text]);
  return (
    <section aria-label="Script" className="flex h-full min-h-0 flex-col bg-panel">
      <header className="flex min-h-11 shrink-0 flex-wrap items-center gap-x-3 gap-y-1.5 border-b px-4 py-1.5">
        <EntryChoice draft={draft} />
        <Select
          label="Runtime"
          value={draft.runtime ?? DETECTED}
          options={[
            {
              value: DETECTED,
              text:
                plan && !draft.runtime
                  ? `${RUNTIME_WORDS[plan.runtime]} (${plan.runtimeFrom})`
                  : planFailed
                    ? 'Choose a runtime'
                    : 'As detected',
            },
            ...RUNTIMES.map((runtime) => ({ value: runtime, text: RUNTIME_WORDS[runtime] })),
          ]}
          onChange={(value: Runtime | typeof DETECTED) =>
            editDraft({ runtime: value === DETECTED ? undefined : value })
          }
        />
        {shown !== null && (
          <span className="text-muted">
            {text === null ? '' : `${count(lines, 'line')} · `}
            {showBytes(draft.sizes.get(shown) ?? 0)}
            {draft.files.length > 1 ? ` · ${count(draft.files.length, 'file')} in all` : ''}
          </span>
        )}
        <span className="ml-auto flex items-center gap-2">
          <Apart draft={draft} />
          <Worth marks={marks} onGo={(line) => setGoTo({ line })} />
        </span>
      </header>
      {draft.leftOut.length > 0 && (
        <p className="shrink-0 border-b bg-raised px-4 py-1 text-sm text-muted">
          Left out of the launch: {draft.leftOut.join(', ')}.
        </p>
      )}
      <div className="min-h-0 flex-1">
        <Suspense fallback={<CodeSkeleton />}>
          {shown === null ? (
            <ChooseEntry draft={draft} />
          ) : text === null ? (
            <Empty icon={FileX2} title={`${showName(shown)} is not text`}>
              It holds bytes that are not UTF-8 text, so there is nothing to read here before it runs.{' '}
              {showBytes(draft.sizes.get(shown) ?? 0)}.
            </Empty>
          ) : text === '' ? (
            <Empty icon={FileX2} title={`${showName(shown)} is empty`}>
              Running it does nothing.
            </Empty>
          ) : (
            <CodeView
              text={text.slice(0, SHOWN)}
              path={shown}
              runtime={plan?.runtime ?? null}
              marks={marks}
              goTo={goTo}
            />
          )}
        </Suspense>
      </div>
    </section>
  );
}

/** The same array while its content is the same, so that the editor is not built anew for every plan. */
function useStable(marks: readonly ScriptMark[]): readonly ScriptMark[] {
  const last = useRef(marks);
  if (last.current !== marks && JSON.stringify(last.current) !== JSON.stringify(marks)) last.current = marks;
  return last.current;
}

function Worth({ marks, onGo }: { marks: readonly ScriptMark[]; onGo: (line: number) => void }) {
  const lines = [...Map.groupBy(marks, (mark) => mark.line)].toSorted(([a], [b]) => a - b);
  if (lines.length === 0) return null;
  return (
    <Menu
      label="Lines worth a look"
      trigger={
        <button
          type="button"
          className="inline-flex h-6 items-center gap-1.5 rounded bg-amber-pale px-2 font-medium text-amber"
        >
          <Icon of={TriangleAlert} size={14} />
          {count(lines.length, 'line')} worth a look
        </button>
      }
    >
      <div className="max-h-80 overflow-auto">
        {lines.map(([line, of]) => (
          <MenuItem key={line} onSelect={() => onGo(line)}>
            <span className="inline-block w-10 font-mono text-sm text-muted">{line}</span>
            {[...new Set(of.map((mark) => mark.why))].join(', ')}
          </MenuItem>
        ))}
      </div>
    </Menu>
  );
}

/** Loose scripts may as well be runs of their own. */
function Apart({ draft }: { draft: Draft }) {
  if (draft.loose !== true || scriptsOf(draft).length < 2) return null;
  const apart = (): void => {
    openMany(draft);
    dropDraft();
  };
  return (
    <Button size="sm" icon={ListOrdered} onClick={apart}>
      Run each on its own
    </Button>
  );
}

function EntryChoice({ draft }: { draft: Draft }) {
  if (draft.files.length === 1 || draft.entry === null)
    return (
      <h2 className="min-w-0 truncate font-semibold" title={showName(draft.name)}>
        {showName(draft.entry ?? draft.name)}
      </h2>
    );
  return (
    <h2 className="flex min-w-0 items-center gap-2 font-semibold">
      <span className="truncate">{showName(draft.name)} /</span>
      <Select
        label="File to run"
        value={draft.entry}
        options={draft.files.map(({ path }) => ({ value: path, text: showName(path) }))}
        onChange={(entry) => editDraft({ entry })}
        className="max-w-60"
      />
    </h2>
  );
}

function ChooseEntry({ draft }: { draft: Draft }) {
  return (
    <div className="h-full overflow-auto">
      <Empty icon={FileQuestion} title="Which file is the one to run?">
        Several files of {showName(draft.name)} could be. Nothing is planned before you choose.
      </Empty>
      <ul className="mx-auto flex max-w-120 flex-col gap-1 px-6 pb-6">
        {draft.files.map(({ path }) => (
          <li key={path}>
            <Button className="w-full justify-start" onClick={() => editDraft({ entry: path })}>
              <span className="truncate font-mono text-sm">{showName(path)}</span>
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function CodeSkeleton() {
  return (
    <div role="status" aria-label="Loading the script" className="flex flex-col gap-2 p-4">
      {Array.from({ length: 12 }, (_, index) => (
        <Skeleton key={index} className="h-3" />
      ))}
    </div>
  );
}
