/** Arguments as a person types them: split like a shell does, without expanding anything. */

export interface Split {
  readonly words: readonly string[];
  /** What is wrong, in one sentence; null when nothing is. */
  readonly error: string | null;
}

/** Splits at blanks; `'…'`, `"…"` and `\` keep blanks. Nothing else has a meaning: no variables, no globs. */
export function splitWords(text: string): Split {
  const words: string[] = [];
  let word: string | null = null;
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at] ?? '';
    const next = text[at + 1];
    if (letter === '\\' && quote !== "'" && next !== undefined && (quote === '' || next === '"' || next === '\\')) {
      word = (word ?? '') + next;
      at += 1;
    } else if (quote !== '') {
      if (letter === quote) quote = '';
      else word = (word ?? '') + letter;
    } else if (letter === '"' || letter === "'") {
      quote = letter;
      word ??= '';
    } else if (/\s/u.test(letter)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + letter;
  }
  if (word !== null) words.push(word);
  return { words, error: quote === '' ? null : `The ${quote} is not closed.` };
}

/** The text that {@link splitWords} turns into these words. */
export function joinWords(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}
