/** Fewer points for the same picture: each bucket keeps its smallest and its largest value. */

export interface Line {
  /** Seconds since the script started. */
  readonly x: number[];
  /** One per series; null where the engine cannot tell. */
  readonly ys: (number | null)[][];
}

/**
 * Points of `columns` from `fromMs` to `toMs`, at most two per bucket.
 * With fewer points than buckets they pass unchanged.
 */
export function decimate(
  at: Float64Array,
  columns: readonly Float64Array[],
  length: number,
  buckets: number,
  fromMs = 0,
): Line {
  const first = firstNotBefore(at, length, fromMs);
  const count = length - first;
  const line: Line = { x: [], ys: columns.map(() => []) };
  if (count <= buckets * 2) {
    for (let index = first; index < length; index += 1) {
      line.x.push((at[index] ?? 0) / 1000);
      for (const [series, column] of columns.entries()) line.ys[series]?.push(present(column[index]));
    }
    return line;
  }
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const start = first + Math.floor((bucket * count) / buckets);
    const end = first + Math.floor(((bucket + 1) * count) / buckets) - 1;
    line.x.push((at[start] ?? 0) / 1000, (at[end] ?? 0) / 1000 + (start === end ? 1e-6 : 0));
    for (const [series, column] of columns.entries()) line.ys[series]?.push(...extremes(column, start, end));
  }
  return line;
}

/** Index of the first time that is not before `ms`, by halving; `length` when there is none. */
export function firstNotBefore(at: Float64Array, length: number, ms: number): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((at[middle] ?? 0) < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

function present(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}

/** Smallest and largest in the order in which they happened. */
function extremes(column: Float64Array, start: number, end: number): [number | null, number | null] {
  let [low, high] = [-1, -1];
  for (let index = start; index <= end; index += 1) {
    const value = column[index] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    if (low < 0 || value < (column[low] ?? 0)) low = index;
    if (high < 0 || value > (column[high] ?? 0)) high = index;
  }
  if (low < 0) return [null, null];
  const [one, two] = low <= high ? [low, high] : [high, low];
  return [present(column[one]), present(column[two])];
}
