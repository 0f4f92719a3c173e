/** Areas that differ in colour and in pattern, so that neither is needed alone. */
import type { Outcome, ViolationKind } from '#shared/domain/run.ts';

export interface Fill {
  readonly colour: 'accent' | 'amber' | 'red' | 'violet' | 'blue' | 'line-strong';
  readonly pattern: 'plain' | 'lines' | 'dots' | 'grid';
}

export const OUTCOME_FILLS: Readonly<Record<Outcome, Fill>> = {
  succeeded: { colour: 'accent', pattern: 'plain' },
  failed: { colour: 'amber', pattern: 'plain' },
  'out-of-memory': { colour: 'red', pattern: 'plain' },
  'timed-out': { colour: 'red', pattern: 'lines' },
  'limit-exceeded': { colour: 'red', pattern: 'dots' },
  cancelled: { colour: 'line-strong', pattern: 'plain' },
  'engine-lost': { colour: 'amber', pattern: 'lines' },
  'engine-error': { colour: 'amber', pattern: 'dots' },
};

export const KIND_FILLS: Readonly<Record<ViolationKind, Fill>> = {
  memory: { colour: 'red', pattern: 'plain' },
  'child-memory': { colour: 'red', pattern: 'lines' },
  'cpu-time': { colour: 'blue', pattern: 'plain' },
  'wall-time': { colour: 'blue', pattern: 'lines' },
  processes: { colour: 'violet', pattern: 'plain' },
  'open-files': { colour: 'violet', pattern: 'lines' },
  scratch: { colour: 'amber', pattern: 'plain' },
  output: { colour: 'amber', pattern: 'lines' },
  'disk-rate': { colour: 'amber', pattern: 'dots' },
  network: { colour: 'accent', pattern: 'lines' },
  path: { colour: 'accent', pattern: 'dots' },
  syscall: { colour: 'violet', pattern: 'dots' },
  canary: { colour: 'red', pattern: 'grid' },
};

const idOf = ({ colour, pattern }: Fill): string => `fill-${colour}-${pattern}`;

/** For `fill` of a shape in a drawing that holds {@link FillDefs}. */
export const fillOf = (fill: Fill): string =>
  fill.pattern === 'plain' ? `var(--${fill.colour})` : `url(#${idOf(fill)})`;

const MARKS: Readonly<Record<Exclude<Fill['pattern'], 'plain'>, string>> = {
  lines: 'M-1,1 l2,-2 M0,6 l6,-6 M5,7 l2,-2',
  dots: 'M1.5,1.5 h1.5 v1.5 h-1.5 z M4.5,4.5 h1.5 v1.5 h-1.5 z',
  grid: 'M0,3 h6 M3,0 v6',
};

/** Every pattern once on the page. */
export function FillDefs() {
  const all = [...Object.values(OUTCOME_FILLS), ...Object.values(KIND_FILLS)];
  const unique = [...new Map(all.map((fill) => [idOf(fill), fill])).values()];
  return (
    <svg aria-hidden width={0} height={0} className="absolute">
      <defs>
        {unique.map(
          (fill) =>
            fill.pattern !== 'plain' && (
              <pattern key={idOf(fill)} id={idOf(fill)} width={6} height={6} patternUnits="userSpaceOnUse">
                <rect width={6} height={6} fill={`var(--${fill.colour})`} opacity={0.3} />
                <path d={MARKS[fill.pattern]} stroke={`var(--${fill.colour})`} strokeWidth={1.5} fill="none" />
              </pattern>
            ),
        )}
      </defs>
    </svg>
  );
}

/** A small square of a fill, for a legend. */
export function Swatch({ fill }: { fill: Fill }) {
  return (
    <svg aria-hidden width={12} height={12} className="shrink-0 rounded-sm">
      <rect width={12} height={12} fill={fillOf(fill)} />
    </svg>
  );
}
