import clsx from 'clsx';
import { ChevronDown, ChevronUp } from 'lucide-react';
import { useState } from 'react';
import { KEPT_LIMITS } from '#shared/domain/kept.ts';
import { showBytes, showDuration } from '#shared/lib/units.ts';
import { count } from '../../../show/format.ts';
import { focusOnMount, Select, Switch, TextArea, TextInput } from '../../../ui/field.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { DataFields, dataWords } from '../../../show/given/data-fields.tsx';
import { givenOf, isMissing, nameProblems, type Pair } from '../../../show/given/data.ts';
import { Pairs } from '../../../show/given/pairs.tsx';
import { editDraft, type Draft } from '../store.ts';
import { splitWords } from '../words.ts';

type Part = 'args' | 'data' | 'env' | 'secrets' | 'stdin' | 'after';

/** What the script is given: a line that says it, opened to change it. */
export function Inputs({ draft }: { draft: Draft }) {
  const missing = draft.secrets.filter(isMissing).map(({ name }) => name);
  const [open, setOpen] = useState<Part | null>(missing.length > 0 ? 'secrets' : null);
  const split = splitWords(draft.args);
  const named = (pairs: readonly Pair[]): string =>
    pairs.length === 0 ? 'none' : pairs.map((pair) => pair.name || '…').join(', ');
  const given = givenOf(draft.input, draft.variables);
  const envWrong = nameProblems(draft.env);
  const secretsWrong = nameProblems(draft.secrets);
  const parts: { id: Part; title: string; value: string; mono: boolean; wrong?: boolean }[] = [
    {
      id: 'args',
      title: 'Arguments',
      value: draft.args.trim() === '' ? 'none' : draft.args,
      mono: draft.args.trim() !== '',
      wrong: split.error !== null,
    },
    { id: 'data', title: 'Data', ...dataWords(given), mono: false },
    {
      id: 'env',
      title: 'Environment',
      value: named(draft.env),
      mono: draft.env.length > 0,
      wrong: envWrong.size > 0,
    },
    missing.length > 0
      ? { id: 'secrets', title: 'Secrets', value: `${missing.join(', ')} missing`, mono: false, wrong: true }
      : {
          id: 'secrets',
          title: 'Secrets',
          value: named(draft.secrets),
          mono: draft.secrets.length > 0,
          wrong: secretsWrong.size > 0,
        },
    {
      id: 'stdin',
      title: 'Stdin',
      value:
        draft.stdin === 'open'
          ? 'from the terminal'
          : draft.stdin === 'closed'
            ? 'none'
            : showBytes(new TextEncoder().encode(draft.stdinText).length),
      mono: false,
    },
    { id: 'after', title: 'Sandbox', value: draft.keep ? 'kept afterwards' : 'removed afterwards', mono: false },
  ];
  return (
    <section aria-label="What the script is given" className="shrink-0 border-t bg-panel">
      {open !== null && (
        <div id="launch-input" className="max-h-80 overflow-auto border-b p-4">
          {open === 'args' && (
            <label className="block">
              <span className="mb-1 block text-muted">
                Split at blanks; quote what holds blanks. Nothing is expanded.
              </span>
              <TextInput
                mono
                ref={focusOnMount}
                className="w-full"
                aria-label="Arguments"
                aria-invalid={split.error !== null}
                value={draft.args}
                onChange={(event) => editDraft({ args: event.target.value })}
              />
              <span className={clsx('mt-1 block text-sm', split.error ? 'text-red' : 'text-muted')}>
                {split.error ??
                  `${count(split.words.length, 'argument')}${split.words.length > 0 ? `: ${split.words.map((word) => JSON.stringify(word)).join(' ')}` : ''}`}
              </span>
            </label>
          )}
          {open === 'data' && <DataFields typed={draft} given={given} onChange={editDraft} />}
          {open === 'env' && (
            <Pairs
              what="variable"
              pairs={draft.env}
              onChange={(env) => editDraft({ env })}
              note="The script gets these and nothing of your own environment."
              problems={envWrong}
            />
          )}
          {open === 'secrets' && (
            <Pairs
              what="secret"
              masked
              pairs={draft.secrets}
              onChange={(secrets) => editDraft({ secrets })}
              note="Given to the script as variables, and never recorded: not in the history, the log or on the disk."
              problems={secretsWrong}
            />
          )}
          {open === 'stdin' && <Stdin draft={draft} />}
          {open === 'after' && (
            <div className="flex flex-col gap-2">
              <span className="inline-flex items-center gap-2">
                <Switch label="Keep the sandbox" checked={draft.keep} onChange={(keep) => editDraft({ keep })} />
                <span>Keep the sandbox</span>
              </span>
              <p className="text-muted">
                It is sealed when the script ends: nothing runs in it ever again and it has no network, but its files
                can be copied out of it. At most {KEPT_LIMITS.count} are kept, each for {showDuration(KEPT_LIMITS.age)};
                until then its files take up memory.
              </p>
            </div>
          )}
        </div>
      )}
      <div className="flex min-h-11 flex-wrap items-center gap-x-1 px-2 py-1">
        {parts.map(({ id, title, value, mono, wrong }) => (
          <button
            key={id}
            type="button"
            aria-expanded={open === id}
            aria-controls={open === id ? 'launch-input' : undefined}
            onClick={() => setOpen(open === id ? null : id)}
            className={clsx(
              'inline-flex h-8 max-w-full min-w-0 items-center gap-1.5 rounded-md px-2 hover:bg-raised',
              open === id && 'bg-raised',
            )}
          >
            <span className="text-muted">{title}</span>
            <span className={clsx('max-w-44 truncate', mono && 'font-mono text-sm', wrong && 'text-red')}>{value}</span>
            <Icon of={open === id ? ChevronDown : ChevronUp} size={12} className="text-muted" />
          </button>
        ))}
      </div>
    </section>
  );
}

function Stdin({ draft }: { draft: Draft }) {
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-4">
        <Select
          label="Standard input"
          value={draft.stdin}
          options={[
            { value: 'open', text: 'From the terminal, while it runs' },
            { value: 'text', text: 'This text' },
            { value: 'closed', text: 'None: it reads the end at once' },
          ]}
          onChange={(stdin) => editDraft({ stdin })}
        />
        <span className="inline-flex items-center gap-2">
          <Switch label="Give it a terminal" checked={draft.tty} onChange={(tty) => editDraft({ tty })} />
          <span>
            Give it a terminal <span className="text-muted">(merges output and errors)</span>
          </span>
        </span>
      </div>
      {draft.stdin === 'text' && (
        <TextArea
          aria-label="Text of the standard input"
          rows={4}
          className="w-full"
          value={draft.stdinText}
          onChange={(event) => editDraft({ stdinText: event.target.value })}
        />
      )}
    </div>
  );
}
