/** The line under the terminal. */
import { showBytes } from '#shared/lib/units.ts';

interface Counts {
  readonly lines: number;
  readonly arrived: number;
  readonly waiting: number;
  readonly full: boolean;
  readonly dropped: number;
}

const NUMBER = new Intl.NumberFormat('en');

/** "9 lines · 640 B of 10 MiB"; `limit` in bytes. */
export function outputWords(counts: Counts, limit: number | null): string {
  const lines = `${NUMBER.format(counts.lines)} ${counts.lines === 1 ? 'line' : 'lines'}`;
  const size = limit === null ? showBytes(counts.arrived) : `${showBytes(counts.arrived)} of ${showBytes(limit)}`;
  return `${lines} · ${size}`;
}

/** What waits while the output is held. */
export function waitingWords(counts: Counts): string {
  if (counts.waiting === 0) return 'paused, nothing waiting';
  return `paused, ${showBytes(counts.waiting)} waiting${counts.full ? ', more in Bellglass' : ''}`;
}

/** What is not on the screen, and why; empty when nothing is missing. */
export function missingWords(counts: Counts, shortened: boolean): string {
  const parts: string[] = [];
  if (counts.dropped > 0) parts.push(`${showBytes(counts.dropped)} dropped`);
  if (shortened) parts.push('the newest 10,000 rows are shown');
  return parts.join(' · ');
}

/** Matches are counted up to this many. */
export const MATCHES_COUNTED = 1000;

/** Where a search stands; `index` is -1 where that is not known. */
export interface Matches {
  readonly index: number;
  readonly count: number;
}

/** "3 of 11", "at least 1,000 found" where they are not counted to the end. */
export function matchWords({ index, count }: Matches): string {
  if (count === 0) return 'not found';
  if (count >= MATCHES_COUNTED) return `at least ${NUMBER.format(MATCHES_COUNTED)} found`;
  return index < 0 ? `${count} found` : `${index + 1} of ${count}`;
}
