/** How much a policy lets a hostile script do, as a sum whose parts can be read (POL-6). Pure. */
import type { Risk } from '../../domain/finding.ts';
import type { EffectivePolicy } from '../../domain/policy.ts';
import { fileRisk } from './risk/files.ts';
import { networkRisk } from './risk/network.ts';
import { privilegeRisk } from './risk/privileges.ts';
import { resourceRisk } from './risk/resources.ts';

const RISK_MOST = 100;

/**
 * The score and what it is made of, most points first. Each part grows with what its field grants and never shrinks,
 * so a looser field never lowers the score. Points are a reviewer's order put into numbers, no probability.
 */
export function riskOf(policy: EffectivePolicy): Risk {
  const parts = [networkRisk, fileRisk, privilegeRisk, resourceRisk]
    .flatMap((group) => group(policy))
    .map((part) => ({ ...part, points: Math.round(part.points) }))
    .filter(({ points }) => points > 0);
  const sorted = parts.toSorted((a, b) => b.points - a.points);
  return {
    score: Math.min(
      RISK_MOST,
      sorted.reduce((sum, { points }) => sum + points, 0),
    ),
    parts: sorted,
  };
}
