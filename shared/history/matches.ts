/** Whether a run that is at hand fits a filter; the history's database answers the same for all others. */
import type { RunSummary } from '../domain/run.ts';
import { compares } from '../lib/filter-terms.ts';
import type { Filter, NumberKey, Term, WordKey } from './filter.ts';

/** Milliseconds from the first instruction to the end, or until `now` while it goes on; 0 before. */
export function durationOf(run: Pick<RunSummary, 'startedAt' | 'finishedAt'>, now: number): number {
  return run.startedAt === null ? 0 : Math.max(0, (run.finishedAt ?? now) - run.startedAt);
}

function isWord(run: RunSummary, word: string): boolean {
  if (word === 'going') return run.state !== 'finished';
  if (word === 'finished') return run.state === 'finished';
  return word === 'refused' ? run.violations > 0 : run.pinned;
}

function fitsWord(run: RunSummary, key: WordKey, value: string): boolean {
  switch (key) {
    case 'name':
      return run.name.toLowerCase().includes(value);
    case 'policy':
      return run.policy.toLowerCase() === value;
    case 'workflow':
      return run.workflow?.workflow.toLowerCase() === value || run.workflow?.id === value;
    case 'level':
      return run.level === value;
    case 'runtime':
      return run.runtime === value;
    case 'state':
      return run.state === value;
    case 'outcome':
      return run.verdict?.outcome === value;
    case 'violation':
      return run.violationKinds.some((kind) => kind === value);
    case 'tag':
      return run.tags.includes(value);
    case 'reason':
      return run.verdict?.reason.toLowerCase().includes(value) ?? false;
    case 'rule':
      return run.verdict?.rule?.toLowerCase().includes(value) ?? false;
    case 'is':
      return isWord(run, value);
  }
}

function numberOf(run: RunSummary, key: NumberKey, now: number): number | null {
  switch (key) {
    case 'peak':
      return run.peakMemory;
    case 'duration':
      return durationOf(run, now);
    case 'start':
      return run.firstByte ?? null;
    case 'exit':
      return run.verdict?.exitCode ?? null;
    case 'after':
    case 'before':
      return run.createdAt;
  }
}

function fits(run: RunSummary, term: Term, now: number): boolean {
  if (term.kind === 'word') return term.values.some((value) => fitsWord(run, term.key, value));
  if (term.kind === 'number') {
    const value = numberOf(run, term.key, now);
    return value !== null && compares(value, term.comparison, term.value);
  }
  return [run.name, run.policy, run.runtime, run.note, run.verdict?.reason ?? '', run.id].some((text) =>
    text.toLowerCase().includes(term.text),
  );
}

/** True when every term fits; text is looked for in what the list shows. `now` in epoch milliseconds. */
export function matches(run: RunSummary, filter: Filter, now: number): boolean {
  return filter.terms.every((term) => fits(run, term, now) !== term.not);
}
