/** Said before anything is started: it would not start now. */
import { useEngine } from '../../state/engine.ts';
import { hrefOf } from '../../state/route.ts';
import { Callout } from '../../ui/card.tsx';

/** Nothing while an engine is ready. `what` would be refused or wait: `run`, `runs`, `steps`. */
export function NoEngine({ what }: { what: string }) {
  const ready = useEngine((state) => state.status?.state === 'ready');
  if (ready) return null;
  return (
    <Callout tone="amber">
      No engine is ready. The {what} would wait or be refused.{' '}
      <a href={hrefOf({ at: 'settings', part: 'doctor' })} className="rounded text-accent hover:underline">
        Open the engine doctor
      </a>
    </Callout>
  );
}
