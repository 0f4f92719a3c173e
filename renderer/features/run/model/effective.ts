/** The policy of a run, read back from its plan. Pure. */
import type { Plan } from '#shared/contract/runs.ts';
import type { EffectivePolicy, EffectiveValue } from '#shared/domain/policy.ts';
import { anyField, isFieldPath } from '#shared/policy/fields.ts';
import { effective } from '#shared/policy/merge/effective.ts';

/** Every field that the plan has, as it was; a field that came later has its level's value. */
export function effectiveOfPlan(plan: Plan): EffectivePolicy {
  const base = effective({ level: plan.level, name: plan.policy, tiers: [], ceilings: {} });
  const fields: Record<string, EffectiveValue<unknown>> = { ...base.fields };
  for (const { field, value, tier, source } of plan.fields) {
    if (!isFieldPath(field)) continue;
    try {
      fields[field] = { value: anyField(field).kind.parse(value), tier, name: source };
    } catch {
      // A value of another version that this one does not read: the level's stands in.
    }
  }
  return { ...base, fields: fields as unknown as EffectivePolicy['fields'] };
}
