/** Where an amount lies on a slider, and which amounts its keys stop at. Pure. */
import type { TrustLevel } from '#shared/domain/policy.ts';
import { TRUST_LEVELS } from '#shared/domain/policy.ts';
import type { Kind } from '#shared/policy/field.ts';

/** From `min` to `max`, in base units. `log`: every doubling takes the same way. */
export interface Scale {
  readonly min: number;
  readonly max: number;
  readonly log: boolean;
  /** The smallest step that a value may have. */
  readonly grain: number;
}

const AMOUNTS: readonly string[] = ['bytes', 'rate', 'duration', 'cpu', 'count'];

/** A kind whose values are numbers with an order, shown with a slider. */
export function isAmount(kind: { readonly name: string }): boolean {
  return AMOUNTS.includes(kind.name);
}

const KIB = 1024;
const MIB = KIB * KIB;

/** Amounts that read well: 1, 1.25, 1.5, 1.75 times each power of two, or 1, 1.5, 2, 3, 5, 7 times each power of ten. */
const BINARY = [1, 1.25, 1.5, 1.75];
const DECIMAL = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8];
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const TIMES = [
  100,
  250,
  500,
  ...[1, 2, 3, 5, 10, 15, 20, 30, 45].map((seconds) => seconds * SECOND),
  ...[1, 1.5, 2, 3, 4, 5, 7, 10, 15, 20, 30, 45].map((minutes) => minutes * MINUTE),
  ...[1, 1.5, 2, 3, 4, 6, 8, 12, 24, 48, 96, 168].map((hours) => hours * 60 * MINUTE),
];

function powers(base: number, shares: readonly number[], { min, max, grain }: Scale): number[] {
  const found: number[] = [];
  for (let power = base ** Math.floor(Math.log(Math.max(1, min)) / Math.log(base)); power <= max; power *= base)
    for (const share of shares) found.push(Math.round((power * share) / grain) * grain);
  return found;
}

/** The amounts at which the arrow keys stop, ascending, both ends included. */
export function stopsOf(kind: { readonly name: string }, scale: Scale): number[] {
  const within = (value: number): boolean => value > scale.min && value < scale.max;
  const found =
    kind.name === 'duration'
      ? TIMES
      : kind.name === 'cpu'
        ? Array.from({ length: Math.ceil(scale.max / 5) }, (_, index) => (index + 1) * 5)
        : powers(kind.name === 'count' ? 10 : 2, kind.name === 'count' ? DECIMAL : BINARY, scale);
  return [...new Set([scale.min, ...found.filter(within), scale.max])].toSorted((a, b) => a - b);
}

/**
 * A slider's range around what is usual: from an eighth of the tightest level to four times the loosest, further when the
 * value or the ceiling lies beyond. The exact field next to it takes every value.
 */
export function scaleOf(
  kind: Pick<Kind<unknown>, 'name' | 'min' | 'max'>,
  defaults: Readonly<Record<TrustLevel, unknown>>,
  ...also: readonly (number | null | undefined)[]
): Scale {
  const usual = TRUST_LEVELS.map((level) => defaults[level]).filter((value) => typeof value === 'number');
  const further = also.filter((value) => typeof value === 'number');
  const lowest = Math.min(...usual, ...further, Infinity);
  const highest = Math.max(...usual, ...further, 0);
  const least = kind.min ?? 0;
  const most = kind.max ?? Number.MAX_SAFE_INTEGER;
  const fallback: Record<string, number> = {
    bytes: 1024 * MIB,
    rate: 10 * MIB,
    duration: MINUTE,
    cpu: 100,
    count: 100,
  };
  const from = Number.isFinite(lowest) ? lowest / 8 : least;
  const to = highest > 0 ? Math.max(...usual.map((value) => value * 4), ...further) : (fallback[kind.name] ?? most);
  const log = kind.name !== 'cpu';
  const grain = kind.name === 'bytes' || kind.name === 'rate' ? (least < MIB ? 4 * KIB : MIB / 4) : 1;
  const min = Math.max(least, Math.floor(from));
  return { min, max: Math.min(most, Math.max(to, min + grain)), log, grain };
}

/** 0 at `min`, 1 at `max`; values beyond stay at the ends. */
export function shareOf({ min, max, log }: Scale, value: number): number {
  const inside = Math.min(max, Math.max(min, value));
  if (!log) return (inside - min) / (max - min);
  const low = Math.max(min, 1e-9);
  return Math.log(Math.max(inside, low) / low) / Math.log(max / low);
}

/** The amount at a share of the way, at a value that reads well: the nearest stop when one is near, else two or three digits. */
export function valueAt(scale: Scale, stops: readonly number[], share: number): number {
  const { min, max, log, grain } = scale;
  const inside = Math.min(1, Math.max(0, share));
  const raw = log ? Math.max(min, 1e-9) * (max / Math.max(min, 1e-9)) ** inside : min + (max - min) * inside;
  const near = stops.reduce(
    (best, stop) => (Math.abs(shareOf(scale, stop) - inside) < Math.abs(shareOf(scale, best) - inside) ? stop : best),
    stops[0] ?? min,
  );
  if (Math.abs(shareOf(scale, near) - inside) < 0.006) return near;
  return Math.min(max, Math.max(min, readable(raw, grain)));
}

function readable(value: number, grain: number): number {
  let step = grain;
  while (value / step > 200) step *= grain >= KIB ? 2 : 10;
  return Math.max(grain, Math.round(value / step) * step);
}

/** The stop after (`by` 1) or before (-1) a value; `by` ±n goes n stops. */
export function stepped(stops: readonly number[], value: number, by: number): number {
  const first = stops[0] ?? value;
  const last = stops.at(-1) ?? value;
  if (by > 0) {
    const next = stops.findIndex((stop) => stop > value);
    return next === -1 ? Math.max(value, last) : (stops[Math.min(stops.length - 1, next + by - 1)] ?? last);
  }
  const before = stops.findLastIndex((stop) => stop < value);
  return before === -1 ? Math.min(value, first) : (stops[Math.max(0, before + by + 1)] ?? first);
}
