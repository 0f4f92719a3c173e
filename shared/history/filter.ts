/**
 * The filter language of the history: `policy:untrusted outcome:failed,timed-out peak:>100MiB -runtime:node "some text"`.
 * All terms must fit a run; values separated by commas are alternatives; a leading `-` turns a term round.
 */
import { RUNTIMES, OUTCOMES, RUN_STATES, VIOLATION_KINDS } from '../domain/run.ts';
import { TRUST_LEVELS } from '../domain/policy.ts';
import { AppError } from '../lib/app-error.ts';
import { parseBytes, parseDuration } from '../lib/units.ts';
import { closest } from '../policy/closest.ts';

export const IS_WORDS = ['going', 'finished', 'refused', 'pinned'] as const;

/** Keys whose value is a word, with the words there are; null: any text. */
const WORDS = {
  name: null,
  policy: null,
  tag: null,
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
  exit: parseExit,
  after: parseDay,
  before: parseDay,
} as const;
export type NumberKey = keyof typeof NUMBERS;

export const FILTER_KEYS = [...Object.keys(WORDS), ...Object.keys(NUMBERS)] as (WordKey | NumberKey)[];

export type Comparison = '=' | '<' | '<=' | '>' | '>=';

export type Term = { readonly not: boolean } & (
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'word'; readonly key: WordKey; readonly values: readonly string[] }
  | { readonly kind: 'number'; readonly key: NumberKey; readonly comparison: Comparison; readonly value: number }
);

/** A term that cannot be meant, where it stands in the text, in characters from 0. */
export interface FilterProblem {
  readonly at: number;
  readonly length: number;
  readonly message: string;
  readonly fix: string;
}

export interface Filter {
  readonly terms: readonly Term[];
  readonly problems: readonly FilterProblem[];
}

/** Characters that a filter may have; what is beyond is a problem, not read. */
const LENGTH_MAX = 1000;
const WORD = /(-?)(?:([a-z]+):(?:"([^"]*)("?)|(\S*))|"([^"]*)("?)|(\S+))/giu;

function wrong(why: string, next: string): AppError {
  return new AppError({ code: 'input-invalid', message: why, next });
}

function parseExit(text: string): number {
  if (!/^\d{1,3}$/.test(text)) throw wrong('An exit code is a number from 0 to 255.', 'Write it like `exit:1`.');
  return Number(text);
}

/** A day or moment as epoch milliseconds, or an age such as `7d`, from `now` on backwards when it is given by the caller. */
function parseDay(text: string): number {
  const whole = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z?)?$/i.test(text);
  const at = whole ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) throw wrong('A day is written as year, month and day.', 'Write it like `after:2026-01-31`.');
  return at;
}

function readNumber(key: NumberKey, text: string): Omit<Extract<Term, { kind: 'number' }>, 'not'> {
  const [, sign = '', rest = ''] = /^(<=|>=|<|>|=)?(.*)$/s.exec(text) ?? [];
  const fixed = key === 'after' ? '>=' : key === 'before' ? '<' : null;
  if (fixed !== null && sign !== '') throw wrong(`\`${key}\` is a comparison by itself.`, `Leave \`${sign}\` out.`);
  return {
    kind: 'number',
    key,
    comparison: fixed ?? ((sign === '' ? '=' : sign) as Comparison),
    value: NUMBERS[key](rest),
  };
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
  const terms: Term[] = [];
  const problems: FilterProblem[] = [];
  if (text.length > LENGTH_MAX)
    problems.push({
      at: LENGTH_MAX,
      length: text.length - LENGTH_MAX,
      message: 'The filter is too long.',
      fix: `Shorten it to ${LENGTH_MAX} characters.`,
    });
  for (const match of text.slice(0, LENGTH_MAX).matchAll(WORD)) {
    const [whole, minus, name, quotedValue, valueEnd, plainValue, quotedText, textEnd, plainText] = match;
    const place = { at: match.index, length: whole.length };
    const not = minus === '-';
    if (valueEnd === '' || textEnd === '') {
      problems.push({ ...place, message: 'A quotation mark is not closed.', fix: 'Close it with `"`.' });
      continue;
    }
    if (name === undefined) {
      const wanted = quotedText ?? plainText ?? '';
      if (wanted !== '') terms.push({ kind: 'text', text: wanted.toLowerCase(), not });
      continue;
    }
    const key = name.toLowerCase();
    try {
      const given = quotedValue ?? plainValue ?? '';
      if (given === '') throw wrong(`\`${key}:\` has no value.`, `Write a value behind \`${key}:\`.`);
      if (Object.hasOwn(NUMBERS, key)) terms.push({ ...readNumber(key as NumberKey, given), not });
      else if (Object.hasOwn(WORDS, key)) {
        const values = (quotedValue === undefined ? given.split(',') : [given]).map((value) => value.toLowerCase());
        terms.push({
          ...readWords(
            key as WordKey,
            values.filter((value) => value !== ''),
          ),
          not,
        });
      } else {
        const near = closest(key, FILTER_KEYS);
        throw wrong(
          `There is nothing called \`${key.slice(0, 40)}\` to filter by.`,
          near === null ? `Put text with a colon in quotation marks.` : `Did you mean \`${near}:\`?`,
        );
      }
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
      problems.push({ ...place, message: thrown.message, fix: thrown.next ?? '' });
    }
  }
  return { terms, problems };
}
