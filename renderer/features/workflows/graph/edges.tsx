import { headOf, lineOf, type LaidEdge } from './layout.ts';
import type { Seen } from './view.ts';

/**
 * `open`: nothing runs · `waits`: what it comes from has not ended · `passed`: it has, well ·
 * `broken`: it has not ended well, so nothing passes.
 */
export type EdgeState = 'open' | 'waits' | 'passed' | 'broken';

const STATES = ['open', 'waits', 'passed', 'broken'] as const;

const LOOKS: Readonly<Record<EdgeState, { readonly stroke: string; readonly fill: string; readonly dash?: string }>> = {
  open: { stroke: 'stroke-line-strong', fill: 'fill-line-strong' },
  waits: { stroke: 'stroke-line-strong', fill: 'fill-line-strong', dash: '5 4' },
  passed: { stroke: 'stroke-accent', fill: 'fill-accent' },
  broken: { stroke: 'stroke-amber-line', fill: 'fill-amber-line', dash: '1.5 4' },
};

/** So many lines at once step back behind those of the chosen step. */
const CROWD = 250;

/** The lines between steps, a few paths for all of them; drawn for the part in sight alone. */
export function Edges({
  edges,
  seen,
  chosen,
  stateOf,
}: {
  edges: readonly LaidEdge[];
  seen: Seen;
  chosen: string | null;
  stateOf: (from: string, to: string) => EdgeState;
}) {
  const groups = Map.groupBy(edges, ({ from, to }) => stateOf(from, to));
  const near = edges.filter(({ from, to }) => from === chosen || to === chosen);
  const [width, height] = [seen.right - seen.left, seen.bottom - seen.top];
  return (
    <svg
      aria-hidden
      width={width}
      height={height}
      viewBox={`${seen.left} ${seen.top} ${width} ${height}`}
      style={{ left: seen.left, top: seen.top }}
      className="pointer-events-none absolute fill-none"
    >
      {STATES.map((state) => {
        const of = groups.get(state) ?? [];
        const look = LOOKS[state];
        return (
          of.length > 0 && (
            <g key={state} className={edges.length > CROWD ? 'opacity-40' : ''}>
              <path
                d={of.map(lineOf).join('')}
                strokeWidth={1.5}
                strokeDasharray={look.dash}
                strokeLinecap={state === 'broken' ? 'round' : 'butt'}
                className={look.stroke}
              />
              <path d={of.map(headOf).join('')} className={look.fill} />
            </g>
          )
        );
      })}
      {near.length > 0 && (
        <>
          <path d={near.map(lineOf).join('')} strokeWidth={2.5} className="stroke-accent opacity-60" />
          <path d={near.map(headOf).join('')} className="fill-accent" />
        </>
      )}
    </svg>
  );
}
