/** What one lint rule is (POL-6). */
import type { Finding } from '../../domain/finding.ts';
import type { EffectivePolicy } from '../../domain/policy.ts';

/** Severity, reason and reference belong to the rule; message and fix to one policy. */
export interface Rule extends Pick<Finding, 'rule' | 'severity' | 'field' | 'reason' | 'reference'> {
  /** Null: nothing to say about this policy. */
  check(policy: EffectivePolicy): Pick<Finding, 'message' | 'fix'> | null;
}
