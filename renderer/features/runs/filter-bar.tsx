import clsx from 'clsx';
import { ChartColumn } from 'lucide-react';
import type { ReactNode, Ref } from 'react';
import type { RunSummary } from '#shared/domain/run.ts';
import { FILTER_KEYS, parseFilter, type FilterProblem } from '#shared/history/filter.ts';
import { matches } from '#shared/history/matches.ts';
import { FilterInput } from '../../show/filter/filter-input.tsx';
import { FilterProblems } from '../../show/filter/filter-problems.tsx';
import { toggleTerm } from '../../show/filter/toggle-term.ts';
import { go } from '../../state/route.ts';
import { Button } from '../../ui/button.tsx';
import { FilterMenu } from './filter-menu.tsx';

const CHIPS = [
  { term: 'is:going', word: 'Going' },
  { term: 'outcome:succeeded', word: 'Succeeded' },
  { term: 'outcome:failed', word: 'Failed' },
  { term: 'outcome:out-of-memory,limit-exceeded,timed-out', word: 'Stopped at a limit' },
  { term: 'outcome:cancelled', word: 'Cancelled' },
  { term: 'outcome:engine-lost,engine-error', word: 'Engine trouble' },
  { term: 'is:refused', word: 'Something refused' },
] as const;

const CHIP = 'inline-flex h-6 items-center gap-1.5 rounded-full border px-2.5 text-sm font-medium transition-colors';

/** The filter as text and as chips that write the same text. */
export function FilterBar({
  runs,
  text,
  problems,
  lead,
  onChange,
  inputRef,
}: {
  runs: readonly RunSummary[];
  text: string;
  problems: readonly FilterProblem[];
  lead: ReactNode;
  onChange: (text: string) => void;
  inputRef: Ref<HTMLInputElement>;
}) {
  const chips = CHIPS.map((chip) => ({
    ...chip,
    count: runs.filter((run) => matches(run, parseFilter(chip.term), Date.now())).length,
    on: text.toLowerCase().includes(chip.term),
  })).filter((chip) => chip.count > 0 || chip.on);
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-x-2 gap-y-1.5 border-b bg-panel px-4 py-2">
      {lead}
      <FilterInput
        label="Filter runs"
        placeholder="Filter: policy:untrusted outcome:failed text"
        keys={FILTER_KEYS}
        text={text}
        problems={problems.length > 0 ? 'filter-problems' : null}
        inputRef={inputRef}
        onChange={onChange}
      />
      <Button size="sm" icon={ChartColumn} onClick={() => go({ at: 'insights' })}>
        Insights
      </Button>
      <FilterMenu text={text.trim()} usable={problems.length === 0} onChange={onChange} />
      <div role="group" aria-label="Show" className="flex flex-wrap gap-1.5">
        <button
          type="button"
          aria-pressed={text === ''}
          onClick={() => onChange('')}
          className={clsx(
            CHIP,
            text === '' ? 'border-accent bg-accent-pale text-accent' : 'text-muted hover:bg-raised',
          )}
        >
          All <span className="font-mono">{runs.length}</span>
        </button>
        {chips.map((chip) => (
          <button
            key={chip.term}
            type="button"
            aria-pressed={chip.on}
            onClick={() => onChange(toggleTerm(text, chip.term))}
            className={clsx(CHIP, chip.on ? 'border-accent bg-accent-pale text-accent' : 'text-muted hover:bg-raised')}
          >
            {chip.word} <span className="font-mono">{chip.count}</span>
          </button>
        ))}
      </div>
      {problems.length > 0 && <FilterProblems id="filter-problems" text={text} problems={problems} />}
    </div>
  );
}
