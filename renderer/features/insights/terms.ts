/** From what is counted to the filter that finds its runs. */
import type { InsightsRequest } from '#shared/contract/insights.ts';

/** `key:value` as the filter reads it. A quotation mark cannot be written in it: the longest part without one stands for the whole. */
export function termOf(key: string, value: string): string {
  const part = value.split('"').reduce((most, one) => (one.length > most.length ? one : most), '');
  return /^[^\s,]+$/u.test(part) && part === value ? `${key}:${part}` : `${key}:"${part}"`;
}

/** From `from` on until before `to`, in epoch milliseconds. */
export function timeTerms({ from, to }: { readonly from: number; readonly to: number }): string[] {
  const moment = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;
  return [`after:${moment(from)}`, `before:${moment(to)}`];
}

/** What was chosen above the charts. */
export function choiceTerms({ policy, runtime, rule }: Omit<InsightsRequest, 'range'>): string[] {
  return Object.entries({ policy, runtime, rule }).flatMap(([key, value]) =>
    value === undefined ? [] : [termOf(key, value)],
  );
}

/** One filter out of terms; of two with the same key the later one wins, as it is the closer one. */
export function filterOf(...terms: readonly string[]): string {
  const byKey = new Map<string, string>();
  for (const term of terms) {
    const key = term.startsWith('start:') ? term : (term.split(':', 1)[0] ?? term);
    byKey.set(key, term);
  }
  return [...byKey.values()].join(' ');
}

/** A share in words that are never all or nothing while it is not: `63 %`, `over 99 %`, `under 1 %`. */
export function percent(part: number, all: number): string {
  const whole = Math.round((part / Math.max(1, all)) * 100);
  if (whole === 100 && part < all) return 'over 99 %';
  return whole === 0 && part > 0 ? 'under 1 %' : `${whole} %`;
}
