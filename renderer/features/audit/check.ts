/** Whether the chain is whole: asked for once, kept while other views are open. */
import { create } from 'zustand';
import type { AuditVerdict } from '#shared/contract/audit.ts';
import { toErrorData, type Client } from '../../rpc/client.ts';
import type { ShownError } from '../../ui/error-card.tsx';

interface CheckState {
  /** Of the last check; null before the first. */
  readonly verdict: AuditVerdict | null;
  /** The file was replaced after it. */
  readonly stale: boolean;
  readonly running: { readonly records: number; readonly share: number; readonly stop: AbortController } | null;
  readonly error: ShownError | null;
}

export const useCheck = create<CheckState>(() => ({ verdict: null, stale: false, running: null, error: null }));

/** What was found before is no longer sure. */
export function staleCheck(): void {
  useCheck.setState(({ verdict }) => ({ stale: verdict !== null }));
}

/** Reads the whole chain; goes on when the view is left. */
export async function checkChain(client: Client): Promise<void> {
  if (useCheck.getState().running !== null) return;
  const stop = new AbortController();
  useCheck.setState({ running: { records: 0, share: 0, stop }, stale: false, error: null });
  try {
    for await (const told of await client.audit.check(undefined, { signal: stop.signal })) {
      if (told.type === 'done') useCheck.setState({ verdict: told.verdict });
      else
        useCheck.setState({
          running: { records: told.records, share: told.size === 0 ? 1 : told.read / told.size, stop },
        });
    }
  } catch (thrown) {
    if (!stop.signal.aborted) useCheck.setState({ error: toErrorData(thrown) });
  } finally {
    useCheck.setState({ running: null });
  }
}
