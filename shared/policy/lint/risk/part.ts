/** One summand of the risk score before its points are rounded (POL-6). */
import type { RiskPart } from '../../../domain/finding.ts';

/** `points` may have a fraction. */
export type Part = RiskPart;

/** Points for each doubling beyond `from`; nothing below it, never more than `most`. Grows with `value`. */
export function doublings(value: number, from: number, each: number, most: number): number {
  return value <= from ? 0 : Math.min(most, Math.log2(value / from) * each);
}
