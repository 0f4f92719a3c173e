import { useSyncExternalStore } from 'react';

const query = (): MediaQueryList => window.matchMedia('(prefers-reduced-motion: reduce)');

function listen(call: () => void): () => void {
  const media = query();
  media.addEventListener('change', call);
  return () => media.removeEventListener('change', call);
}

/** True when the person asked the system for no motion. */
export function useReducedMotion(): boolean {
  return useSyncExternalStore(listen, () => query().matches);
}
