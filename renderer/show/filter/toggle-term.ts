/** Switching parts of the filter's text on and off. */

const wordsOf = (text: string): readonly string[] => text.match(/(?:[^\s"]|"[^"]*"?)+/gu) ?? [];

/** Whether a `key:value` stands in the filter as it is, not turned round and not as a part of another. */
export function hasTerm(text: string, term: string): boolean {
  return wordsOf(text).some((word) => word.toLowerCase() === term.toLowerCase());
}

/**
 * The filter with one `key:value` switched on or, when it stands there already, off. Switched on, it takes the place of
 * another value of its key and of the terms `instead`; `is:` terms go together. Other text stays.
 */
export function toggleTerm(text: string, term: string, instead: readonly string[] = []): string {
  const words = wordsOf(text);
  const left = words.filter((word) => word.toLowerCase() !== term.toLowerCase());
  const key = term.split(':', 1)[0] ?? '';
  const others = left.filter(
    (word) => !instead.includes(word.toLowerCase()) && (key === 'is' || !word.toLowerCase().startsWith(`${key}:`)),
  );
  return (left.length < words.length ? left : [term, ...others]).join(' ');
}
