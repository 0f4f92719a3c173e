import { useEffect, useState } from 'react';
import { showDuration } from '#shared/lib/units.ts';
import { exact, relative } from './format.ts';

/** Epoch milliseconds, renewed every `everyMs` while `ticking`. */
export function useNow(everyMs: number, ticking = true): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!ticking) return undefined;
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, ticking]);
  return now;
}

/** A moment as `4 min ago`, exact on hover. */
export function Ago({ at }: { at: number }) {
  const now = useNow(10_000);
  return (
    <time dateTime={new Date(at).toISOString()} title={exact(at)}>
      {relative(at, Math.max(now, at))}
    </time>
  );
}

/** Time since `from` until `to`; ticks while `to` is null. */
export function Elapsed({ from, to }: { from: number; to: number | null }) {
  const now = useNow(1_000, to === null);
  const ms = Math.max(0, (to ?? now) - from);
  return <>{to === null ? showDuration(Math.max(1_000, Math.floor(ms / 1_000) * 1_000)) : showDuration(ms)}</>;
}
