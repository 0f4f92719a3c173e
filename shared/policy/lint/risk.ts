/** How much a policy lets a hostile script do, as a sum whose parts can be read (POL-6). Pure. */
import type { Risk, RiskPart } from '../../domain/finding.ts';
import type { EffectivePolicy } from '../../domain/policy.ts';

const MODES = { none: 0, restricted: 10, full: 40 } as const;

/** The score and what it is made of, most points first. */
export function riskOf(policy: EffectivePolicy): Risk {
  const mode = policy.fields['network.mode'].value;
  const parts: RiskPart[] = [
    { group: 'network' as const, field: 'network.mode' as const, points: MODES[mode], why: `The network is ${mode}.` },
  ].filter((part) => part.points > 0);
  return {
    score: Math.min(
      100,
      parts.reduce((sum, part) => sum + part.points, 0),
    ),
    parts,
  };
}
