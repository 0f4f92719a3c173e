import clsx from 'clsx';
import { ChevronDown, ChevronUp } from 'lucide-react';
import { useState } from 'react';
import { DataFields, dataWords } from '../../../show/given/data-fields.tsx';
import { givenOf, nameProblems } from '../../../show/given/data.ts';
import { Pairs } from '../../../show/given/pairs.tsx';
import { Icon } from '../../../ui/icon.tsx';
import type { FlowDraft } from './draft.ts';
import { editFlow } from './store.ts';

type Part = 'data' | 'env';

/** What every step is given: a line that says it, opened to change it. */
export function GivenBar({ draft }: { draft: FlowDraft }) {
  const [open, setOpen] = useState<Part | null>(null);
  const given = givenOf(draft.input, draft.variables);
  const envWrong = nameProblems(draft.env);
  const parts: { id: Part; title: string; value: string; wrong?: boolean }[] = [
    { id: 'data', title: 'Data', ...dataWords(given) },
    {
      id: 'env',
      title: 'Environment',
      value: draft.env.length === 0 ? 'none' : draft.env.map(({ name }) => name || '…').join(', '),
      wrong: envWrong.size > 0,
    },
  ];
  return (
    <section aria-label="What the workflow is given" className="shrink-0 border-t bg-panel">
      {open !== null && (
        <div id="flow-input" className="max-h-72 overflow-auto border-b p-4">
          {open === 'data' ? (
            <DataFields typed={draft} given={given} onChange={editFlow} />
          ) : (
            <Pairs
              what="variable"
              pairs={draft.env}
              onChange={(env) => editFlow({ env })}
              note="Every step gets these beside its own, and nothing of your own environment."
              problems={envWrong}
            />
          )}
        </div>
      )}
      <div className="flex min-h-11 flex-wrap items-center gap-x-1 px-2 py-1">
        {parts.map(({ id, title, value, wrong }) => (
          <button
            key={id}
            type="button"
            aria-expanded={open === id}
            aria-controls={open === id ? 'flow-input' : undefined}
            onClick={() => setOpen(open === id ? null : id)}
            className={clsx(
              'inline-flex h-8 max-w-full min-w-0 items-center gap-1.5 rounded-md px-2 hover:bg-raised',
              open === id && 'bg-raised',
            )}
          >
            <span className="text-muted">{title}</span>
            <span className={clsx('max-w-44 truncate', wrong && 'text-red')}>{value}</span>
            <Icon of={open === id ? ChevronDown : ChevronUp} size={12} className="text-muted" />
          </button>
        ))}
      </div>
    </section>
  );
}
