/** What is said of denied hosts that wait for a person's word, and whether what they were shown still holds (NET-4). Pure. */
import type { Asking } from '#shared/policy/allowing/asking.ts';

/** What a card was drawn under. */
export interface Ground {
  /** Of the policy's file; null under a bare level or while the files are not known. */
  readonly revision: string | null;
  /** Rules that somebody else allowed for this run meanwhile. */
  readonly others: readonly string[];
}

/** Why a card must be looked at again, in one sentence; null while it holds. */
export function staleness(drawn: Ground, now: Ground, policy: string): string | null {
  if (drawn.revision !== now.revision) return `The policy ${policy} was changed since this was shown.`;
  const more = now.others.filter((rule) => !drawn.others.includes(rule));
  if (more.length === 0) return null;
  return `${more.slice(0, 3).join(', ')}${more.length > 3 ? ` and ${more.length - 3} more` : ''} ${more.length === 1 ? 'was' : 'were'} allowed elsewhere since this was shown.`;
}

/** `files.example was denied.`, `12 hosts were denied.` */
export function announcement(asking: readonly Asking[]): string {
  const [first] = asking;
  if (first === undefined) return '';
  return asking.length === 1 ? `${first.host} was denied.` : `${asking.length.toLocaleString('en')} hosts were denied.`;
}

/** `files.example:8443`, `3 hosts`. */
export const hostWords = (asking: readonly Asking[]): string =>
  asking.length === 1 ? (asking[0]?.rule ?? '') : `${asking.length.toLocaleString('en')} hosts`;
