/** What of a plan does not fully hold on this engine, told apart by whether this run relies on it. */
import type { PlanField } from '#shared/contract/runs.ts';

export interface Gaps {
  /** Partly enforced, or set for this very run and not enforced at all. */
  readonly relied: readonly PlanField[];
  /** Not enforced here, at their level's own values. */
  readonly idle: readonly PlanField[];
  /** Every gap by its reason, those that are relied on first. */
  readonly reasons: readonly { readonly why: string; readonly fields: readonly PlanField[] }[];
}

/** Sorts the fields that are less than enforced. */
export function gapsOf(fields: readonly PlanField[]): Gaps {
  const gaps = fields.filter((field) => field.enforcement !== 'enforced');
  const relied = gaps.filter((field) => field.enforcement === 'partly' || field.tier !== 'level');
  const idle = gaps.filter((field) => !relied.includes(field));
  const reasons = [...Map.groupBy([...relied, ...idle], (field) => field.enforcementWhy)].map(([why, of]) => ({
    why,
    fields: of,
  }));
  return { relied, idle, reasons };
}
