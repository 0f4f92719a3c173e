/**
 * The filter language of the history: `policy:untrusted outcome:failed,timed-out peak:>100MiB -runtime:node "some text"`.
 * All terms must fit a run; values separated by commas are alternatives; a leading `-` turns a term round.
 */
import { RUNTIMES, OUTCOMES, RUN_STATES, VIOLATION_KINDS } from '../domain/run.ts';
import { TRUST_LEVELS } from '../domain/policy.ts';
import {
  parseDay,
  readTerms,
  splitComparison,
  wrongTerm as wrong,
  type Comparison,
  type FilterProblem,
} from '../lib/filter-terms.ts';
import { parseBytes, parseDuration } from '../lib/units.ts';
import { closest } from '../lib/closest.ts';

export const IS_WORDS = ['going', 'finished', 'refused', 'pinned'] as const;

/** Keys whose value is a word, with the words there are; null: any text. */
const WORDS = {
  name: null,
  policy: null,
  /** A workflow's name or id. */
  workflow: null,
  tag: null,
  /** Why a run ended, or a part of it. */
  reason: null,
  /** The policy line that decided. */
  rule: null,
  level: TRUST_LEVELS,
  runtime: RUNTIMES,
  state: RUN_STATES,
  outcome: OUTCOMES,
  violation: VIOLATION_KINDS,
  is: IS_WORDS,
} as const satisfies Record<string, readonly string[] | null>;
export type WordKey = keyof typeof WORDS;

/** Keys whose value is a number that is compared: bytes, milliseconds, exit code, epoch milliseconds. */
const NUMBERS = {
  peak: parseBytes,
  duration: parseDuration,
  /** From the click to the first output. */
  start: parseDuration,
  exit: parseExit,
  after: parseDay,
  before: parseDay,
} as const;
export type NumberKey = keyof typeof NUMBERS;

export const FILTER_KEYS = [...Object.keys(WORDS), ...Object.keys(NUMBERS)] as (WordKey | NumberKey)[];

export type { Comparison, FilterProblem };

export type Term = { readonly not: boolean } & (
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'word'; readonly key: WordKey; readonly values: readonly string[] }
  | { readonly kind: 'number'; readonly key: NumberKey; readonly comparison: Comparison; readonly value: number }
);

export interface Filter {
  readonly terms: readonly Term[];
  readonly problems: readonly FilterProblem[];
}

function parseExit(text: string): number {
  if (!/^\d{1,3}$/.test(text)) throw wrong('An exit code is a number from 0 to 255.', 'Write it like `exit:1`.');
  return Number(text);
}

function readNumber(key: NumberKey, text: string): Omit<Extract<Term, { kind: 'number' }>, 'not'> {
  const { comparison, rest } = splitComparison(text);
  const fixed = key === 'after' ? '>=' : key === 'before' ? '<' : null;
  if (fixed !== null && rest !== text)
    throw wrong(`\`${key}\` is a comparison by itself.`, `Leave \`${text.slice(0, -rest.length)}\` out.`);
  return { kind: 'number', key, comparison: fixed ?? comparison, value: NUMBERS[key](rest) };
}

function readWords(key: WordKey, values: readonly string[]): Omit<Extract<Term, { kind: 'word' }>, 'not'> {
  const known: readonly string[] | null = WORDS[key];
  for (const value of values) {
    if (known === null || known.includes(value)) continue;
    const near = closest(value, known);
    throw wrong(
      `There is no ${key} \`${value.slice(0, 40)}\`.`,
      near === null ? `It is one of ${known.join(', ')}.` : `Did you mean \`${key}:${near}\`?`,
    );
  }
  return { kind: 'word', key, values };
}

/** Reads a filter. A term with a problem is left out of `terms`; who shows results says so at its place. */
export function parseFilter(text: string): Filter {
  return readTerms<Term>(text, ({ not, key, value, quoted }) => {
    if (key === null) return { kind: 'text', text: value.toLowerCase(), not };
    if (Object.hasOwn(NUMBERS, key)) return { ...readNumber(key as NumberKey, value), not };
    if (Object.hasOwn(WORDS, key)) {
      const values = (quoted ? [value] : value.split(',')).map((one) => one.toLowerCase());
      return {
        ...readWords(
          key as WordKey,
          values.filter((one) => one !== ''),
        ),
        not,
      };
    }
    const near = closest(key, FILTER_KEYS);
    throw wrong(
      `There is nothing called \`${key.slice(0, 40)}\` to filter by.`,
      near === null ? `Put text with a colon in quotation marks.` : `Did you mean \`${near}:\`?`,
    );
  });
}
