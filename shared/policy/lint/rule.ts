/** What one lint rule is (POL-6). */
import type { Finding } from '../../domain/finding.ts';
import type { EffectivePolicy } from '../../domain/policy.ts';

export const RULE_GROUPS = ['Resources', 'Network', 'Files', 'Security', 'Run and image'] as const;

/** One thing that a rule found; `field` where it is not the rule's own. */
export type Hit = Pick<Finding, 'message' | 'fix'> & Partial<Pick<Finding, 'field'>>;

/** Severity, reason and reference belong to the rule; message and fix to one policy. */
export interface Rule extends Pick<Finding, 'rule' | 'severity' | 'field' | 'reason' | 'reference'> {
  /** What the fix does, or why there is none; for the reference page. */
  readonly mends: string;
  /** Empty: nothing to say about this policy. Each hit has a message of its own. */
  check(policy: EffectivePolicy): readonly Hit[];
}
