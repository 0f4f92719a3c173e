/** Times and counts as people read them; amounts come from `shared/lib/units`. */

/** Making one takes longer than drawing a row: once for all. */
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const DAY_OF_YEAR = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });
const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const COUNT = new Intl.NumberFormat('en');

/** `just now`, `4 min ago`, `2 h ago`, `yesterday`, then the date, with its year when it is another one. */
export function relative(at: number, now: number): string {
  const seconds = Math.round((now - at) / 1_000);
  if (seconds < 5) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ago`;
  const days = daysBetween(at, now);
  if (days <= 1) return 'yesterday';
  if (days < 7) return `${days} days ago`;
  return (new Date(at).getFullYear() === new Date(now).getFullYear() ? DAY_OF_YEAR : DAY).format(at);
}

/** Midnights between two moments, as the calendar of this computer has them; days of 23 and 25 hours count as one. */
function daysBetween(from: number, to: number): number {
  const midnight = (at: number): number => new Date(at).setHours(0, 0, 0, 0);
  return Math.round((midnight(to) - midnight(from)) / 86_400_000);
}

/** The exact moment, for hover. */
export function exact(at: number): string {
  return MOMENT.format(at);
}

/** `1 line`, `2 lines`; pass the plural when it is not `one + s`. */
export function count(value: number, one: string, many = `${one}s`): string {
  return `${COUNT.format(value)} ${value === 1 ? one : many}`;
}

/** `1st`, `22nd`, `113th`. */
export function ordinal(place: number): string {
  const teen = place % 100 >= 11 && place % 100 <= 13;
  const end = teen ? 'th' : (['th', 'st', 'nd', 'rd'][place % 10] ?? 'th');
  return `${place.toLocaleString('en')}${end}`;
}

/** The text with amounts kept whole: no line breaks between a number and its unit. */
export function glued(text: string): string {
  return text.replaceAll(/(\d) (?=[%A-Za-z])/gu, '$1\u00a0');
}
