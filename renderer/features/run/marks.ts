/** What a person makes of a run, as it is after a change; the run's own stream does not tell of it. */
import { create } from 'zustand';
import type { RunSummary } from '#shared/domain/run.ts';
import type { Client } from '../../rpc/client.ts';
import { attempt } from '../../state/client.tsx';

export type Marks = Pick<RunSummary, 'pinned' | 'tags' | 'note'>;

const useChanged = create<{ readonly of: Readonly<Record<string, Marks>> }>(() => ({ of: {} }));

/** The marks of an opened run. */
export function useMarks(summary: RunSummary): Marks {
  return useChanged(({ of }) => of[summary.id]) ?? summary;
}

/** Writes some marks and shows them. True when it worked. */
export async function mark(
  client: Client,
  id: string,
  now: Marks,
  change: { readonly [K in keyof Marks]?: Marks[K] },
  done?: string,
): Promise<boolean> {
  const worked = await attempt(client.history.mark({ ids: [id], ...change }), done);
  if (worked) {
    const { pinned, tags, note } = { ...now, ...change };
    useChanged.setState(({ of }) => ({ of: { ...of, [id]: { pinned, tags, note } } }));
  }
  return worked;
}

/** The next look at the run asks the core again. */
export function forgetMarks(id: string): void {
  useChanged.setState(({ of }) => ({ of: Object.fromEntries(Object.entries(of).filter(([key]) => key !== id)) }));
}
