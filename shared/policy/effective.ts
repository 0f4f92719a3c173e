/** Merging tiers into one policy, field by field, each value with its origin (POL-3). */
import {
  TIERS,
  type EffectivePolicy,
  type EffectiveValue,
  type PartialPolicy,
  type TierValues,
  type TrustLevel,
} from '../domain/policy.ts';
import { anyField, FIELD_PATHS, FIELDS } from './fields.ts';

export interface EffectiveInput {
  readonly level: TrustLevel;
  /** What a person calls the policy. */
  readonly name: string;
  /** Everything above the level, in any order; later tiers of `TIERS` win. */
  readonly tiers: readonly TierValues[];
  /** Upper bounds of the settings, which no tier passes. */
  readonly ceilings: PartialPolicy;
}

/** The tighter of value and ceiling; null when the value already keeps it or the field has no order. */
function cut(path: (typeof FIELD_PATHS)[number], value: unknown, ceiling: unknown): unknown {
  const { looser, name } = anyField(path).kind;
  if (ceiling === undefined || looser === null || !looser(value, ceiling)) return undefined;
  if (name === 'list' && Array.isArray(value) && Array.isArray(ceiling)) {
    const kept = value.filter((entry) => !looser([entry], ceiling));
    return looser(kept, ceiling) ? ceiling : kept;
  }
  return ceiling;
}

/** Every field with its value, the tier that set it, and what a ceiling took from it. */
export function effective(input: EffectiveInput): EffectivePolicy {
  const tiers = input.tiers.toSorted((a, b) => TIERS.indexOf(a.tier) - TIERS.indexOf(b.tier));
  const fields: Record<string, EffectiveValue<unknown>> = {};
  for (const path of FIELD_PATHS) {
    let found: EffectiveValue<unknown> = {
      value: FIELDS[path].defaults[input.level],
      tier: 'level',
      name: input.level,
    };
    for (const tier of tiers) {
      const value = Object.hasOwn(tier.values, path) ? tier.values[path] : undefined;
      if (value !== undefined) found = { value, tier: tier.tier, name: tier.name };
    }
    const clamped = cut(path, found.value, input.ceilings[path]);
    fields[path] = clamped === undefined ? found : { ...found, value: clamped, clampedFrom: found.value };
  }
  return { level: input.level, name: input.name, fields: fields as unknown as EffectivePolicy['fields'] };
}

/** Paths whose value differs from the level's own. */
export function changedFields(policy: EffectivePolicy): (typeof FIELD_PATHS)[number][] {
  return FIELD_PATHS.filter((path) => {
    const { kind, defaults } = anyField(path);
    return kind.format(policy.fields[path].value) !== kind.format(defaults[policy.level]);
  });
}
