import { useSyncExternalStore } from 'react';

const query = window.matchMedia('(min-width: 1280px)');

function onChange(call: () => void): () => void {
  query.addEventListener('change', call);
  return () => query.removeEventListener('change', call);
}

/** True while table and editor fit side by side. */
export function useWide(): boolean {
  return useSyncExternalStore(onChange, () => query.matches);
}
