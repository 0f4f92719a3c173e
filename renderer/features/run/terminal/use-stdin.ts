/** Sends what a person types to the script, in order. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Client } from '../../../rpc/client.ts';
import { toErrorData } from '../../../rpc/errors.ts';
import { toast } from '../../../ui/layers/toast.tsx';

/** `ended` is true once stdin was closed here. */
export function useStdin(client: Client, id: string) {
  const [ended, setEnded] = useState(false);
  const queue = useRef(Promise.resolve());
  useEffect(() => setEnded(false), [id]);
  const push = useCallback(
    (data: string, last: boolean) => {
      queue.current = queue.current
        .then(() => client.runs.stdin({ id, data, end: last }))
        .then(() => {
          if (last) setEnded(true);
        })
        .catch((failure: unknown) => toast(toErrorData(failure).message, 'failed'));
    },
    [client, id],
  );
  const send = useCallback((data: string) => push(data, false), [push]);
  const end = useCallback(() => push('', true), [push]);
  return { send, end, ended };
}
