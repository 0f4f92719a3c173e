/** What a row of the bench is, and how rows are printed. */

/** One measured comparison. `peer` is another way to do the same, measured in the same run, or a budget from the specification. */
export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  readonly peer: number;
  /** What `peer` is, in a few words. */
  readonly against: string;
  /** The ratio that the specification asks for, at most (or at least). */
  readonly goal: { readonly atMost: number } | { readonly atLeast: number };
  /** How many times each side was measured. */
  readonly n: number;
  /** Spread or context that a reader needs, in a few words. */
  readonly note?: string;
}

/** A row that could not be measured here, and why; printed like the others, never left out. */
export interface Skipped {
  readonly name: string;
  readonly why: string;
}

/** Linear interpolation between the two nearest readings; `share` from 0 to 1. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  if (sorted.length === 0) return Number.NaN;
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? low;
  return low + (high - low) * (at - Math.floor(at));
}

export const p50 = (values: readonly number[]): number => percentile(values, 0.5);

const round = (value: number): number => Number(value.toPrecision(4));

function meets(row: Row): boolean {
  const ratio = row.ours / row.peer;
  return 'atMost' in row.goal ? ratio <= row.goal.atMost : ratio >= row.goal.atLeast;
}

/** One JSON object per row, stable keys (`npm run bench -- --json`). */
export function toJson(row: Row | Skipped): string {
  if ('why' in row) return JSON.stringify({ name: row.name, skipped: row.why });
  const { name, unit, n, note, against } = row;
  return JSON.stringify({
    name,
    unit,
    ours: round(row.ours),
    peer: round(row.peer),
    ratio: round(row.ours / row.peer),
    n,
    against,
    ...(note ? { note } : {}),
  });
}

/** One line for a person. */
export function toText(row: Row | Skipped): string {
  if ('why' in row) return `${row.name.padEnd(34)} skipped: ${row.why}`;
  const goal = 'atMost' in row.goal ? `≤ ${row.goal.atMost}` : `≥ ${row.goal.atLeast}`;
  const cells = [
    row.name.padEnd(34),
    `${round(row.ours)} ${row.unit}`.padStart(14),
    `${round(row.peer)} ${row.unit}`.padStart(14),
    (row.ours / row.peer).toFixed(2).padStart(7),
    goal.padStart(8),
    (meets(row) ? 'met' : 'MISSED').padStart(7),
    `n ${row.n}`.padStart(6),
  ];
  return `${cells.join('  ')}  ${row.against}${row.note ? `; ${row.note}` : ''}`;
}
