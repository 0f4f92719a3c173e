import { lazy, useState, type ComponentType } from 'react';

/** Waits before each further try, in milliseconds. */
const TRIES_MS = [300, 1_000];

/** Loads are cut when an interface of this machine comes or goes, which runs with a network of their own cause. */
async function persistently<T>(load: () => Promise<T>): Promise<T> {
  for (const wait of TRIES_MS) {
    try {
      return await load();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
  return load();
}

/**
 * A part of the page that is loaded on demand, and ahead of it with `fetch`. What was fetched ahead is drawn at once:
 * React shows a waiting part for 300 ms at least, even when it is there.
 */
export function ahead<P extends object>(
  load: () => Promise<ComponentType<P>>,
): { readonly View: ComponentType<P>; readonly fetch: () => void } {
  let there: ComponentType<P> | null = null;
  const get = async (): Promise<{ default: ComponentType<P> }> => {
    there = await persistently(load);
    return { default: there };
  };
  const Waiting = lazy(get);
  return {
    View: function Ahead(props: P) {
      const [Part] = useState<ComponentType<P>>(() => there ?? Waiting);
      return <Part {...props} />;
    },
    fetch: () => void get().catch(() => undefined),
  };
}
