/** Readings in words. */

/** Splits `57.1 MiB` into number and unit. */
function parts(text: string): [string, string] {
  const space = text.indexOf(' ');
  return space < 0 ? [text, ''] : [text.slice(0, space), text.slice(space + 1)];
}

/** "57.1 MiB of 64", with the limit's unit only when it differs; without a limit just the value. */
export function ofLimit(value: number | null, limit: number | null, format: (value: number) => string): string {
  if (value === null) return limit === null ? '–' : `– of ${format(limit)}`;
  const shown = format(value);
  if (limit === null) return shown;
  const [amount, unit] = parts(format(limit));
  return `${shown} of ${unit === parts(shown)[1] ? amount : `${amount} ${unit}`}`;
}

/** "89 %" of a limit; empty without one. */
export function share(value: number | null, limit: number | null): string {
  if (value === null || limit === null || limit <= 0) return '';
  return `${Math.round((value / limit) * 100)} %`;
}

/** The top of a value axis: the limit is always in sight, and so is what passes it; `least` counts without a limit. */
export function axisTop(highest: number, limits: readonly (number | null)[], least: number): number {
  const limit = Math.max(0, ...limits.map((value) => value ?? 0));
  return limit > 0 ? Math.max(limit * 1.18, highest * 1.08) : Math.max(highest * 1.08, least);
}
