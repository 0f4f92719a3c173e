/** Switching parts of the filter's text on and off. */

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
