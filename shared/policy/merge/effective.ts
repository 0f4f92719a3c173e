/** Merging tiers into one policy, field by field, each value with its origin (POL-3). */
import {
  TIERS,
  type EffectivePolicy,
  type EffectiveValue,
  type FieldPath,
  type HeldBack,
  type ListChange,
  type PartialPolicy,
  type TierValues,
  type TrustLevel,
} from '../../domain/policy.ts';
import { anyField, FIELD_PATHS, FIELDS } from '../fields.ts';
import { changeList } from './overlay.ts';

export interface EffectiveInput {
  readonly level: TrustLevel;
  /** Who chose the level; the level itself when nobody else did. */
  readonly levelFrom?: EffectivePolicy['levelFrom'];
  /** What a person calls the policy. */
  readonly name: string;
  /** Everything above the level, in any order; later tiers of `TIERS` win. */
  readonly tiers: readonly TierValues[];
  /** Upper bounds of the settings, which no tier passes. */
  readonly ceilings: PartialPolicy;
}

/** The tighter of value and ceiling; undefined when the value already keeps it or the field has no order. */
function cut(path: FieldPath, value: unknown, ceiling: unknown): unknown {
  const { looser, name } = anyField(path).kind;
  if (ceiling === undefined || looser === null || !looser(value, ceiling)) return undefined;
  if (name === 'list' && Array.isArray(value) && Array.isArray(ceiling)) {
    const kept = value.filter((entry) => !looser([entry], ceiling));
    return looser(kept, ceiling) ? ceiling : kept;
  }
  return ceiling;
}

/** What `tier` makes of `value`; undefined when it says nothing about this field. */
function applied(tier: TierValues, path: FieldPath, value: unknown): unknown {
  if (Object.hasOwn(tier.values, path)) return tier.values[path];
  const changes: Readonly<Partial<Record<FieldPath, ListChange>>> = tier.changes ?? {};
  const change = Object.hasOwn(changes, path) ? changes[path] : undefined;
  return change === undefined ? undefined : changeList(value as readonly string[], change);
}

/** Whether it grants more than before, or cannot be compared: an unapproved file may set nothing of that kind. */
export function loosens(path: FieldPath, asked: unknown, before: unknown): boolean {
  const { kind } = anyField(path);
  if (kind.looser !== null) return kind.looser(asked, before);
  return kind.format(asked) !== kind.format(before);
}

/** Every field with its value, the tier that set it, and what a ceiling or a missing approval took from it. */
export function effective(input: EffectiveInput): EffectivePolicy {
  const tiers = input.tiers.toSorted((a, b) => TIERS.indexOf(a.tier) - TIERS.indexOf(b.tier));
  const fields: Record<string, EffectiveValue<unknown>> = {};
  const heldBack: HeldBack[] = [];
  for (const path of FIELD_PATHS) {
    let found: EffectiveValue<unknown> = {
      value: FIELDS[path].defaults[input.level],
      tier: 'level',
      name: input.level,
    };
    for (const tier of tiers) {
      const value = applied(tier, path, found.value);
      if (value === undefined) continue;
      if (tier.tightenOnly === true && loosens(path, value, found.value))
        heldBack.push({ tier: tier.tier, field: path, asked: value, kept: found.value });
      else found = { value, tier: tier.tier, name: tier.name };
    }
    const clamped = cut(path, found.value, input.ceilings[path]);
    fields[path] = clamped === undefined ? found : { ...found, value: clamped, clampedFrom: found.value };
  }
  return {
    level: input.level,
    levelFrom: input.levelFrom ?? { tier: 'level', name: input.level },
    name: input.name,
    fields: fields as unknown as EffectivePolicy['fields'],
    heldBack,
  };
}

/** Paths whose value differs from the level's own. */
export function changedFields(policy: EffectivePolicy): FieldPath[] {
  return FIELD_PATHS.filter((path) => {
    const { kind, defaults } = anyField(path);
    return kind.format(policy.fields[path].value) !== kind.format(defaults[policy.level]);
  });
}
