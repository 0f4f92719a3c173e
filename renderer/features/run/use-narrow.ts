import { useSyncExternalStore } from 'react';

const query = window.matchMedia('(max-width: 1099px)');

function subscribe(changed: () => void): () => void {
  query.addEventListener('change', changed);
  return () => query.removeEventListener('change', changed);
}

/** True where one column is used. */
export const useNarrow = (): boolean => useSyncExternalStore(subscribe, () => query.matches);
