import { useCallback, useEffect } from 'react';
import { showBytes } from '#shared/lib/units.ts';
import { useClient, useLoad } from '../../state/client.tsx';

const LOOK_EVERY_MS = 3000;

/** Which warm sandboxes wait now, beside the settings that say how many may. */
export function PoolNow() {
  const client = useClient();
  const { data, reload } = useLoad(useCallback(() => client.system.pool(), [client]));
  useEffect(() => {
    const timer = setInterval(reload, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [reload]);
  if (!data) return null;
  const { on, why, waiting, memory, budget, hits, misses } = data;
  return (
    <p className="text-sm text-muted" title={why}>
      {on
        ? `${waiting} warm ${waiting === 1 ? 'sandbox waits' : 'sandboxes wait'}, ${showBytes(memory)} of ${showBytes(budget)}; ${hits} of ${hits + misses} runs took one`
        : 'No warm sandboxes'}
    </p>
  );
}
