import clsx from 'clsx';
import { ChartColumn } from 'lucide-react';
import type { ReactNode, Ref } from 'react';
import { RUN_FILTER_HELP } from '#shared/history/filter-help.ts';
import { FILTER_KEYS, type FilterProblem } from '#shared/history/filter.ts';
import { FilterInput } from '../../show/filter/filter-input.tsx';
import { FilterProblems } from '../../show/filter/filter-problems.tsx';
import { hasTerm, toggleTerm } from '../../show/filter/toggle-term.ts';
import { go } from '../../state/route.ts';
import { Button } from '../../ui/button.tsx';
import { FilterMenu } from './filter-menu.tsx';
import { showTally, type Tally } from './use-tallies.ts';

const CHIPS = [
  { term: 'is:going', word: 'Going' },
  { term: 'outcome:succeeded', word: 'Succeeded' },
  { term: 'outcome:failed', word: 'Failed' },
  { term: 'outcome:out-of-memory,limit-exceeded,timed-out', word: 'Stopped at a limit' },
  { term: 'outcome:cancelled', word: 'Cancelled' },
  { term: 'outcome:engine-lost,engine-error', word: 'Engine trouble' },
  { term: 'is:refused', word: 'Something refused' },
] as const;

/** What the chips write. */
export const CHIP_TERMS: readonly string[] = CHIPS.map(({ term }) => term);

const CHIP =
  'inline-flex h-6 shrink-0 items-center gap-1.5 rounded-full border px-2.5 text-sm font-medium transition-colors';

/** The filter as text and as chips that write the same text. */
export function FilterBar({
  all,
  tallyOf,
  text,
  problems,
  lead,
  onChange,
  inputRef,
}: {
  /** How many runs there are. */
  all: number;
  /** How many runs a chip's term finds; null while they are counted. */
  tallyOf: (term: string) => Tally | null;
  text: string;
  problems: readonly FilterProblem[];
  lead: ReactNode;
  onChange: (text: string) => void;
  inputRef: Ref<HTMLInputElement>;
}) {
  const chips = CHIPS.map((chip) => ({ ...chip, tally: tallyOf(chip.term), on: hasTerm(text, chip.term) })).filter(
    ({ tally, on }) => tally === null || tally.count > 0 || on,
  );
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-x-2 gap-y-1.5 border-b bg-panel px-4 py-2">
      {lead}
      <FilterInput
        label="Filter runs"
        placeholder="Filter: outcome:failed text"
        keys={FILTER_KEYS}
        help={RUN_FILTER_HELP}
        text={text}
        problems={problems.length > 0 ? 'filter-problems' : null}
        inputRef={inputRef}
        onChange={onChange}
      />
      <Button size="sm" icon={ChartColumn} onClick={() => go({ at: 'insights' })}>
        Insights
      </Button>
      <FilterMenu text={text.trim()} usable={problems.length === 0} onChange={onChange} />
      <div
        role="group"
        aria-label="Show"
        className="flex gap-1.5 min-[760px]:flex-wrap max-[760px]:w-full max-[760px]:overflow-x-auto max-[760px]:p-0.5"
      >
        <button
          type="button"
          aria-pressed={text === ''}
          onClick={() => onChange('')}
          className={clsx(
            CHIP,
            text === '' ? 'border-accent bg-accent-pale text-accent' : 'text-muted hover:bg-raised',
          )}
        >
          All <span className="font-mono">{all.toLocaleString('en')}</span>
        </button>
        {chips.map((chip) => (
          <button
            key={chip.term}
            type="button"
            aria-pressed={chip.on}
            onClick={() => onChange(toggleTerm(text, chip.term, CHIP_TERMS))}
            className={clsx(CHIP, chip.on ? 'border-accent bg-accent-pale text-accent' : 'text-muted hover:bg-raised')}
          >
            {chip.word} {chip.tally && <span className="font-mono">{showTally(chip.tally)}</span>}
          </button>
        ))}
      </div>
      {problems.length > 0 && <FilterProblems id="filter-problems" text={text} problems={problems} />}
    </div>
  );
}
