/** Tokens for drawing, read once per theme: asking the page for a style at every stroke is dear. */
import { token, useTheme } from '../../../ui/theme.ts';

const known = new Map<string, string>();
useTheme.subscribe(() => known.clear());

/** The present value of a token: `colour('accent')` gives `#0b7a75`. */
export function colour(name: string): string {
  let value = known.get(name);
  if (value === undefined) {
    value = token(name);
    known.set(name, value);
  }
  return value;
}
