/** Holds an effective policy against every lint rule (POL-6). Pure and deterministic. */
import type { Finding } from '../../domain/finding.ts';
import type { EffectivePolicy } from '../../domain/policy.ts';
import { RULES } from './rules.ts';

/** What fired, in the order of the rules. */
export function lint(policy: EffectivePolicy): Finding[] {
  return RULES.flatMap((one) => {
    const { rule, severity, field, reason, reference } = one;
    return one.check(policy).map((hit) => ({ rule, severity, field, reason, reference, ...hit }));
  });
}
