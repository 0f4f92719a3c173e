/** Every reading of one run, in typed arrays of bounded size, ready for drawing (RUN-6). */
import type { Sample } from '#shared/domain/run.ts';

/** Most points kept; beyond it points are merged pairwise, so that the whole run stays visible. */
export const CAPACITY = 36_000;

export const METRICS = [
  'memory',
  'cpu',
  'cpuTime',
  'throttled',
  'processes',
  'openFiles',
  'diskRead',
  'diskWrite',
  'networkIn',
  'networkOut',
  'scratch',
] as const;
export type Metric = (typeof METRICS)[number];

/** Values that the engine cannot tell are NaN. Times are milliseconds since the script started, rising. */
export class Readings {
  readonly capacity: number;
  length = 0;
  at: Float64Array;
  readonly #columns: Record<Metric, Float64Array>;
  /** Smallest distance of two kept points, ms; grows when the capacity is reached. */
  #step = 0;
  #latest: Sample | undefined;
  readonly #peaks: Partial<Record<Metric, number>> = {};

  constructor(capacity: number = CAPACITY) {
    this.capacity = capacity;
    const start = Math.min(1024, capacity);
    this.at = new Float64Array(start);
    this.#columns = Object.fromEntries(METRICS.map((metric) => [metric, new Float64Array(start)])) as Record<
      Metric,
      Float64Array
    >;
  }

  /** All values of one metric; only the first `length` count. */
  column(metric: Metric): Float64Array {
    return this.#columns[metric];
  }

  /** Adds a reading; one that is not later than the last is a repetition and is left out. True when it was added. */
  add(sample: Sample): boolean {
    if (this.#latest && sample.at <= this.#latest.at) return false;
    this.#latest = sample;
    for (const metric of METRICS) {
      const value = sample[metric];
      if (value !== undefined && value >= this.peak(metric)) this.#peaks[metric] = value;
    }
    if (this.length > 0 && sample.at - (this.at[this.length - 1] ?? 0) < this.#step) {
      for (const metric of METRICS) {
        const column = this.#columns[metric];
        column[this.length - 1] = larger(column[this.length - 1], sample[metric]);
      }
      return true;
    }
    if (this.length === this.at.length) this.#makeRoom();
    this.at[this.length] = sample.at;
    for (const metric of METRICS) this.#columns[metric][this.length] = sample[metric] ?? Number.NaN;
    this.length += 1;
    return true;
  }

  /** The newest value, or null when there is none. */
  last(metric: Metric): number | null {
    return this.#latest?.[metric] ?? null;
  }

  /** Time of the newest reading in ms; 0 before the first. */
  get end(): number {
    return this.#latest?.at ?? 0;
  }

  /** Largest value so far; 0 before the first. */
  peak(metric: Metric): number {
    return this.#peaks[metric] ?? 0;
  }

  /** Takes a peak from elsewhere: the kernel knows of some that fell between two readings. */
  raise(metric: Metric, value: number): void {
    if (value > this.peak(metric)) this.#peaks[metric] = value;
  }

  /** True when any reading carries this metric. */
  has(metric: Metric): boolean {
    return this.#peaks[metric] !== undefined;
  }

  #makeRoom(): void {
    if (this.at.length < this.capacity) {
      const size = Math.min(this.capacity, this.at.length * 2);
      this.at = grown(this.at, size);
      for (const metric of METRICS) this.#columns[metric] = grown(this.#columns[metric], size);
      return;
    }
    this.#halve();
  }

  /** Merges all points pairwise and takes later ones only that densely, so that the whole run is kept evenly. */
  #halve(): void {
    const half = Math.ceil(this.length / 2);
    for (let index = 0; index < half; index += 1) this.at[index] = this.at[index * 2] ?? 0;
    for (const metric of METRICS) {
      const column = this.#columns[metric];
      for (let index = 0; index < half; index += 1)
        column[index] = larger(column[index * 2], index * 2 + 1 < this.length ? column[index * 2 + 1] : undefined);
    }
    this.#step = ((this.at[half - 1] ?? 0) - (this.at[0] ?? 0)) / Math.max(1, half - 1);
    this.length = half;
  }
}

/** The larger of two readings: a short peak must not vanish. NaN only when neither is known. */
function larger(one: number | undefined, two: number | undefined): number {
  if (one === undefined || Number.isNaN(one)) return two ?? Number.NaN;
  return two === undefined || Number.isNaN(two) ? one : Math.max(one, two);
}

function grown(from: Float64Array, size: number): Float64Array {
  const room = new Float64Array(size);
  room.set(from);
  return room;
}
