/** Undo and redo of one text, whoever changed it: form and YAML share it. Pure. */

/** Texts kept at most; older ones are forgotten. */
const DEPTH = 200;
/** Changes of the same kind within this many milliseconds are one step. */
export const STEP_MS = 700;

export interface History {
  /** Oldest first; the last one is what undo gives. */
  readonly past: readonly string[];
  /** The first one is what redo gives. */
  readonly future: readonly string[];
  /** What the last recorded change was, and when. */
  readonly last: { readonly kind: string; readonly at: number } | null;
}

export const NO_HISTORY: History = { past: [], future: [], last: null };

/**
 * Notes that `before` is about to be left. `kind` tells steps apart: `type`, `resources.memory`; equal kinds shortly after
 * one another make one step. `at` in milliseconds of any clock.
 */
export function record(history: History, before: string, kind: string, at: number): History {
  const { past, last } = history;
  const same = last !== null && last.kind === kind && at - last.at < STEP_MS && past.length > 0;
  return { past: same ? past : [...past.slice(1 - DEPTH), before], future: [], last: { kind, at } };
}

/** The text before and the history from there; null when there is none. */
export function undo(history: History, now: string): { text: string; history: History } | null {
  const text = history.past.at(-1);
  if (text === undefined) return null;
  return { text, history: { past: history.past.slice(0, -1), future: [now, ...history.future], last: null } };
}

/** The text after, when something was undone and nothing changed since. */
export function redo(history: History, now: string): { text: string; history: History } | null {
  const [text, ...future] = history.future;
  if (text === undefined) return null;
  return { text, history: { past: [...history.past, now], future, last: null } };
}
