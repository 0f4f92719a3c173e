import { useSyncExternalStore } from 'react';

const query = window.matchMedia('(max-width: 1099px)');

function onChange(call: () => void): () => void {
  query.addEventListener('change', call);
  return () => query.removeEventListener('change', call);
}

/** True while the window is too narrow for panes side by side. */
export function useNarrow(): boolean {
  return useSyncExternalStore(onChange, () => query.matches);
}
