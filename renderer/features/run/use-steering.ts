/** Pause, resume and stop, with what came of them. */
import { useCallback, useState } from 'react';
import type { Client } from '../../rpc/client.ts';
import { toErrorData } from '../../rpc/errors.ts';
import { toast } from '../../ui/layers/toast.tsx';

type Act = 'pause' | 'resume' | 'stop';

export interface Steering {
  /** What was asked and not yet answered. */
  readonly busy: Act | null;
  act(what: Act): void;
}

export function useSteering(client: Client, id: string): Steering {
  const [busy, setBusy] = useState<Act | null>(null);
  const act = useCallback(
    (what: Act) => {
      setBusy(what);
      client.runs[what]({ id })
        .catch((failure: unknown) => toast(toErrorData(failure).message, 'failed'))
        .finally(() => setBusy(null));
    },
    [client, id],
  );
  return { busy, act };
}
