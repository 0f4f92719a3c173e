/** The filter language of the list: `policy:untrusted outcome:failed,timed-out -runtime:node "some text"`. */
import type { RunSummary } from '#shared/domain/run.ts';

export const FILTER_KEYS = ['name', 'policy', 'level', 'runtime', 'state', 'outcome', 'is'] as const;
type Key = (typeof FILTER_KEYS)[number];

interface Term {
  /** Null: anywhere in the row. */
  readonly key: Key | null;
  /** Lower case; one of them must fit. */
  readonly values: readonly string[];
  readonly not: boolean;
}

export interface Filter {
  readonly terms: readonly Term[];
  /** Keys that are none of ours, as written: shown, not guessed. */
  readonly unknown: readonly string[];
}

const WORD = /(-?)(?:([a-z]+):(?:"([^"]*)"?|(\S*))|"([^"]*)"?|(\S+))/giu;

/** Reads a filter; every text is a legal filter. All terms must fit a run. */
export function parseFilter(text: string): Filter {
  const terms: Term[] = [];
  const unknown: string[] = [];
  for (const [, minus, name, quotedValue, plainValue, quotedText, plainText] of text.matchAll(WORD)) {
    const quoted = quotedValue ?? quotedText;
    const key = FILTER_KEYS.find((known) => known === name?.toLowerCase()) ?? null;
    if (name !== undefined && key === null) unknown.push(name);
    const value = (quoted ?? plainValue ?? plainText ?? '').toLowerCase();
    const values = key !== null && quoted === undefined ? value.split(',').filter(Boolean) : [value];
    const whole = name !== undefined && key === null ? [`${name.toLowerCase()}:${value}`] : values;
    if (whole.some((one) => one !== '')) terms.push({ key, values: whole, not: minus === '-' });
  }
  return { terms, unknown };
}

const IS: Readonly<Record<string, (run: RunSummary) => boolean>> = {
  going: (run) => run.state !== 'finished',
  finished: (run) => run.state === 'finished',
  refused: (run) => run.violations > 0,
};

function fits(run: RunSummary, key: Key | null, value: string): boolean {
  switch (key) {
    case 'name':
      return run.name.toLowerCase().includes(value);
    case 'policy':
      return run.policy.toLowerCase() === value || run.level === value;
    case 'level':
      return run.level === value;
    case 'runtime':
      return run.runtime === value;
    case 'state':
      return run.state === value;
    case 'outcome':
      return run.verdict?.outcome === value;
    case 'is':
      return IS[value]?.(run) ?? false;
    case null:
      return [run.name, run.policy, run.runtime, run.verdict?.reason ?? '', run.id].some((text) =>
        text.toLowerCase().includes(value),
      );
  }
}

/** True when every term of the filter fits the run. */
export function matches(run: RunSummary, filter: Filter): boolean {
  return filter.terms.every(({ key, values, not }) => values.some((value) => fits(run, key, value)) !== not);
}

/** The filter with one `key:value` switched on or, when it stands there already, off. Other text stays. */
export function toggleTerm(text: string, term: string): string {
  const words = text.match(/(?:[^\s"]|"[^"]*"?)+/gu) ?? [];
  const left = words.filter((word) => word.toLowerCase() !== term.toLowerCase());
  const key = term.split(':', 1)[0];
  const others = left.filter(
    (word) => key === undefined || (!word.startsWith(`${key}:`) && !/^(?:is|outcome):/u.test(word)),
  );
  return (left.length < words.length ? left : [term, ...others]).join(' ');
}
