/** How every filter of the app is written: words, `key:value`, quotation marks, a leading `-`. What keys mean is the reader's. */
import { AppError } from './app-error.ts';

/** A term that cannot be meant, where it stands in the text, in characters from 0. */
export interface FilterProblem {
  readonly at: number;
  readonly length: number;
  readonly message: string;
  readonly fix: string;
}

/** One term as it stands; `key` null is text to look for. */
export interface RawTerm {
  readonly not: boolean;
  /** In lower case. */
  readonly key: string | null;
  readonly value: string;
  readonly quoted: boolean;
}

export type Comparison = '=' | '<' | '<=' | '>' | '>=';

/** Characters that a filter may have; what is beyond is a problem, not read. */
const LENGTH_MAX = 1000;
const WORD = /(-?)(?:([a-z]+):(?:"([^"]*)("?)|(\S*))|"([^"]*)("?)|(\S+))/giu;

/** What a reader throws about one term. */
export function wrongTerm(why: string, next: string): AppError {
  return new AppError({ code: 'input-invalid', message: why, next });
}

/** Splits `>=5` into its sign and the rest; no sign is `=`. */
export function splitComparison(text: string): { readonly comparison: Comparison; readonly rest: string } {
  const [, sign = '=', rest = ''] = /^(<=|>=|<|>|=)?(.*)$/s.exec(text) ?? [];
  return { comparison: sign as Comparison, rest };
}

/** Compares as a term says. */
export function compares(value: number, comparison: Comparison, wanted: number): boolean {
  switch (comparison) {
    case '=':
      return value === wanted;
    case '<':
      return value < wanted;
    case '<=':
      return value <= wanted;
    case '>':
      return value > wanted;
    case '>=':
      return value >= wanted;
  }
}

/** A day or moment as epoch milliseconds; a day begins where this computer is, as on screen. Throws AppError `input-invalid`. */
export function parseDay(text: string): number {
  const whole = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z?)?$/i.test(text);
  // A date alone would be a day of Greenwich.
  const at = whole ? Date.parse(text.length === 10 ? `${text}T00:00` : text) : Number.NaN;
  if (Number.isNaN(at))
    throw wrongTerm('A day is written as year, month and day.', 'Write it like `after:2026-01-31`.');
  return at;
}

/** Reads a filter term by term. One for which `read` throws AppError is left out of `terms` and is a problem. */
export function readTerms<T>(
  text: string,
  read: (raw: RawTerm) => T,
): { readonly terms: readonly T[]; readonly problems: readonly FilterProblem[] } {
  const terms: T[] = [];
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
    const value = name === undefined ? (quotedText ?? plainText ?? '') : (quotedValue ?? plainValue ?? '');
    if (name === undefined && value === '') continue;
    try {
      const key = name?.toLowerCase() ?? null;
      if (value === '') throw wrongTerm(`\`${key}:\` has no value.`, `Write a value behind \`${key}:\`.`);
      terms.push(read({ not, key, value, quoted: (name === undefined ? quotedText : quotedValue) !== undefined }));
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
      problems.push({ ...place, message: thrown.message, fix: thrown.next ?? '' });
    }
  }
  return { terms, problems };
}
