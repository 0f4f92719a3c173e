/** Names that come with a script may hold anything; shown, they hold nothing that acts. */

// Control and format characters (bidirectional, zero-width, tags), line separators, lone surrogates.
const ACTING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** The text with every character that a terminal or a browser would act on written as `\u{…}`. */
export function showName(text: string): string {
  return text.replace(ACTING, (found) => `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`);
}

/** {@link showName}, cut to a number of characters with `…` at the end. */
export function showShort(text: string, length: number): string {
  const shown = showName(text.slice(0, length + 1));
  return shown.length <= length ? shown : `${shown.slice(0, length - 1)}…`;
}
