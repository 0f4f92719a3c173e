/** When a host was tried, on the axis that all hosts share: refused above the line, allowed below it. */
import { memo } from 'react';
import type { Host } from '#shared/policy/allowing/ledger.ts';
import { slicesOf } from './model/rows.ts';

const SLICES = 48;
const WIDTH = 4;
const HALF = 10;

/** Higher for more, but one is always seen. */
const height = (times: number): number => (times === 0 ? 0 : Math.min(HALF - 1, 6 + Math.log10(times)));

export const Strip = memo(function Strip({
  events,
  from,
  to,
}: {
  events: Host['events'];
  /** Epoch ms. */
  from: number;
  to: number;
}) {
  const slices = slicesOf({ events }, from, to, SLICES);
  return (
    <svg
      aria-hidden
      viewBox={`0 0 ${SLICES * WIDTH} ${HALF * 2}`}
      preserveAspectRatio="none"
      className="h-5 w-full overflow-visible"
    >
      <line x1={0} x2={SLICES * WIDTH} y1={HALF} y2={HALF} className="stroke-line" vectorEffect="non-scaling-stroke" />
      {slices.map(({ allowed, denied }, index) => {
        const x = index * WIDTH + 0.5;
        return (
          <g key={index}>
            {denied > 0 && (
              <rect x={x} width={WIDTH - 1} y={HALF - height(denied)} height={height(denied)} className="fill-red" />
            )}
            {allowed > 0 && (
              <rect x={x} width={WIDTH - 1} y={HALF + 0.5} height={height(allowed)} className="fill-accent" />
            )}
          </g>
        );
      })}
    </svg>
  );
});
