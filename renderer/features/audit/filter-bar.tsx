import clsx from 'clsx';
import { Search, X } from 'lucide-react';
import type { Ref } from 'react';
import { AUDIT_FILTER_KEYS } from '#shared/audit/filter.ts';
import type { FilterProblem } from '#shared/lib/filter-terms.ts';
import { FilterProblems } from '../../show/filter-problems.tsx';
import { toggleTerm } from '../../show/toggle-term.ts';
import { IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';

const CHIPS = [
  { term: 'action:run', word: 'Runs' },
  { term: 'action:policy,project', word: 'Policies' },
  { term: 'action:setting,token', word: 'Settings' },
  { term: 'action:engine,image', word: 'Engine' },
  { term: 'outcome:refused,failed', word: 'Refused or failed' },
] as const;

const CHIP = 'inline-flex h-6 items-center rounded-full border px-2.5 text-sm font-medium transition-colors';

/** The filter as text and as chips that write the same text. */
export function AuditFilterBar({
  text,
  problems,
  inputRef,
  onChange,
}: {
  text: string;
  problems: readonly FilterProblem[];
  inputRef: Ref<HTMLInputElement>;
  onChange: (text: string) => void;
}) {
  const chip = (on: boolean): string =>
    clsx(CHIP, on ? 'border-accent bg-accent-pale text-accent' : 'text-muted hover:bg-raised');
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-x-2 gap-y-1.5 border-b bg-panel px-4 py-2">
      <div className="relative min-w-60 flex-1 basis-72">
        <Icon of={Search} size={14} className="pointer-events-none absolute top-2 left-2.5 text-muted" />
        <input
          ref={inputRef}
          type="text"
          spellCheck={false}
          value={text}
          aria-label="Filter records"
          aria-describedby={problems.length > 0 ? 'audit-problems' : 'audit-help'}
          aria-invalid={problems.length > 0}
          aria-keyshortcuts="/"
          placeholder="Filter: who:ann action:policy -outcome:done after:2026-01-31 text"
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.stopPropagation();
            if (text === '') event.currentTarget.blur();
            else onChange('');
          }}
          className="h-7.5 w-full rounded-md border border-line-strong/55 bg-panel pr-8 pl-8"
        />
        {text !== '' && (
          <IconButton
            label="Clear the filter"
            icon={X}
            size="sm"
            className="absolute top-0.75 right-1"
            onClick={() => onChange('')}
          />
        )}
        <span id="audit-help" className="sr-only">
          Words, and {AUDIT_FILTER_KEYS.join(', ')} followed by a colon and a value.
        </span>
      </div>
      <div role="group" aria-label="Show" className="flex flex-wrap gap-1.5">
        <button type="button" aria-pressed={text === ''} onClick={() => onChange('')} className={chip(text === '')}>
          All
        </button>
        {CHIPS.map(({ term, word }) => {
          const on = text.toLowerCase().includes(term);
          return (
            <button
              key={term}
              type="button"
              aria-pressed={on}
              onClick={() => onChange(toggleTerm(text, term))}
              className={chip(on)}
            >
              {word}
            </button>
          );
        })}
      </div>
      {problems.length > 0 && <FilterProblems id="audit-problems" text={text} problems={problems} />}
    </div>
  );
}
