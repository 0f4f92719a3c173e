/** What stands in which cell of the table of policies. Pure. */
import type { OwnPolicy, PolicyContext } from '#shared/contract/policies.ts';
import type { EffectivePolicy, EffectiveValue, FieldPath, TrustLevel } from '#shared/domain/policy.ts';
import { TRUST_LEVELS } from '#shared/domain/policy.ts';
import { GROUPS, type Group } from '#shared/policy/field.ts';
import { anyField, FIELD_PATHS } from '#shared/policy/fields.ts';
import { effectiveOf, LEVEL_DOCUMENTS } from '../draft/meaning.ts';

export type Row =
  | { readonly kind: 'group'; readonly group: Group }
  | { readonly kind: 'field'; readonly group: Group; readonly path: FieldPath };

export type Column =
  | { readonly kind: 'level'; readonly level: TrustLevel }
  | { readonly kind: 'policy'; readonly policy: OwnPolicy };

/** Settings in the order of the field table, each group under its heading. */
export const ROWS: readonly Row[] = GROUPS.flatMap((group) => {
  const of = FIELD_PATHS.filter((path) => anyField(path).group === group);
  return of.length === 0
    ? []
    : [{ kind: 'group' as const, group }, ...of.map((path) => ({ kind: 'field' as const, group, path }))];
});

export const LEVEL_COLUMNS: readonly Column[] = TRUST_LEVELS.map((level) => ({ kind: 'level', level }));

/** The policies whose name or description has the text in it. */
export function matching(policies: readonly OwnPolicy[], text: string): readonly OwnPolicy[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return policies;
  return policies.filter(({ name, document }) =>
    `${name} ${document?.description ?? ''}`.toLowerCase().includes(wanted),
  );
}

export interface CellValue {
  /** Short, for the cell. */
  readonly text: string;
  /** Whole, for hover and screen readers. */
  readonly full: string;
  /** Differs from what the level gives. */
  readonly changed: boolean;
  /** What was asked before a ceiling cut it; null when none did. */
  readonly asked: string | null;
}

function short(value: unknown, full: string): string {
  if (Array.isArray(value) && value.length > 1) return `${value.length} entries`;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const size = Object.keys(value).length;
    return size > 1 ? `${size} entries` : full;
  }
  return full;
}

/** What a policy of `level` comes to in one cell; null value: no good version of it was ever seen. */
export function cellOf(
  level: TrustLevel,
  found: EffectiveValue<unknown> | null,
  path: FieldPath,
  context: PolicyContext,
): CellValue {
  if (found === null) return { text: '–', full: 'no good version', changed: false, asked: null };
  const { kind } = anyField(path);
  const full = kind.format(found.value);
  const usual = effectiveOf(LEVEL_DOCUMENTS[level], context).fields[path].value;
  return {
    text: short(found.value, full),
    full,
    changed: full !== kind.format(usual),
    asked: found.clampedFrom === undefined ? null : kind.format(found.clampedFrom),
  };
}

/** How many settings of a policy differ from its level's. */
export function changesOf(policy: EffectivePolicy, context: PolicyContext): number {
  return FIELD_PATHS.filter((path) => cellOf(policy.level, policy.fields[path], path, context).changed).length;
}

const REVIEW_MS = 90 * 24 * 3_600_000;

/** Nobody opened it for 90 days (POL-6). A policy never opened here counts from its last change. */
export function wantsReview({ openedAt, modifiedAt }: OwnPolicy, now: number): boolean {
  return now - Math.max(openedAt ?? 0, modifiedAt) > REVIEW_MS;
}
