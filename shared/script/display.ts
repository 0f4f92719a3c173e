/** Names that come with a script may hold anything; shown, they hold nothing that acts. */

// Control characters, bidirectional and zero-width ones, line separators, tags, lone surrogates.
// eslint-disable-next-line no-control-regex
const ACTING =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}\p{Cs}]/gu;

/** The text with every character that a terminal or a browser would act on written as `\u{…}`. */
export function showName(text: string): string {
  return text.replace(ACTING, (found) => `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`);
}

/** {@link showName}, cut to a number of characters with `…` at the end. */
export function showShort(text: string, length: number): string {
  const shown = showName(text.slice(0, length + 1));
  return shown.length <= length ? shown : `${shown.slice(0, length - 1)}…`;
}
