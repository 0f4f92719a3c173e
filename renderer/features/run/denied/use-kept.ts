/** What a person kept blocked in one run: remembered for the run, also when its view is left or the page is loaded anew (NET-4). */
import { useCallback, useMemo, useState } from 'react';

const PREFIX = 'bellglass.kept-blocked.';

function load(runId: string): string[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(PREFIX + runId) ?? '[]');
    return Array.isArray(kept) ? kept.filter((key) => typeof key === 'string') : [];
  } catch {
    return [];
  }
}

function store(runId: string, keys: readonly string[]): void {
  try {
    sessionStorage.setItem(PREFIX + runId, JSON.stringify(keys));
  } catch {
    // A full or forbidden storage: then it is remembered while the view is open.
  }
}

export interface Kept {
  readonly keys: ReadonlySet<string>;
  set(keys: readonly string[], blocked: boolean): void;
}

export function useKept(runId: string): Kept {
  const [list, setList] = useState(() => load(runId));
  const set = useCallback(
    (keys: readonly string[], blocked: boolean) =>
      setList((before) => {
        const others = before.filter((key) => !keys.includes(key));
        const after = blocked ? [...others, ...keys] : others;
        store(runId, after);
        return after;
      }),
    [runId],
  );
  return useMemo(() => ({ keys: new Set(list), set }), [list, set]);
}
