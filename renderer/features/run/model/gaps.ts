/** Where nobody measured, nothing is drawn (RUN-14): a line over a gap would say what nobody knows. */
import type { Line } from './decimate.ts';

/** Two readings further apart than this many usual distances, and than this many seconds, have a gap between them. */
const TIMES = 6;
const LEAST_S = 2.5;

/** The line with a point without values in the middle of each gap. The same line when it has none. */
export function withGaps(line: Line): Line {
  const { x, ys } = line;
  const span = (x.at(-1) ?? 0) - (x[0] ?? 0);
  const most = Math.max(LEAST_S, (TIMES * span) / Math.max(1, x.length));
  const after = x.flatMap((at, index) => (index > 0 && at - x[index - 1]! > most ? [index] : []));
  if (after.length === 0) return line;
  const holed = <T>(values: readonly T[], hole: (index: number) => T): T[] =>
    values.flatMap((value, index) => (after.includes(index) ? [hole(index), value] : [value]));
  return {
    x: holed(x, (index) => (x[index - 1]! + x[index]!) / 2),
    ys: ys.map((column) => holed<number | null>(column, () => null)),
  };
}
