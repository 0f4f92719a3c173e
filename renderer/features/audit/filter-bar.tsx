import clsx from 'clsx';
import type { Ref } from 'react';
import { AUDIT_FILTER_KEYS } from '#shared/audit/filter.ts';
import type { FilterProblem } from '#shared/lib/filter-terms.ts';
import { FilterInput } from '../../show/filter/filter-input.tsx';
import { FilterProblems } from '../../show/filter/filter-problems.tsx';
import { hasTerm, toggleTerm } from '../../show/filter/toggle-term.ts';

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
      <FilterInput
        label="Filter records"
        placeholder="Filter: who:ann action:policy -outcome:done after:2026-01-31 text"
        keys={AUDIT_FILTER_KEYS}
        text={text}
        problems={problems.length > 0 ? 'audit-problems' : null}
        inputRef={inputRef}
        onChange={onChange}
      />
      <div role="group" aria-label="Show" className="flex flex-wrap gap-1.5">
        <button type="button" aria-pressed={text === ''} onClick={() => onChange('')} className={chip(text === '')}>
          All
        </button>
        {CHIPS.map(({ term, word }) => {
          const on = hasTerm(text, term);
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
