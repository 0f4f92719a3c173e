/** From documents and settings to one effective policy: which level is the base, and which tiers lie over it (POL-3). Pure. */
import type { PolicyDocument } from '../../domain/policy-document.ts';
import {
  TRUST_LEVELS,
  type EffectivePolicy,
  type PartialPolicy,
  type Tier,
  type TierValues,
  type TrustLevel,
} from '../../domain/policy.ts';
import { effective } from './effective.ts';
import type { Layer } from './overlay.ts';

/** A project's `bellglass.yaml`, and whether the person accepted exactly this content. */
export interface Project {
  readonly document: PolicyDocument;
  readonly approved: boolean;
}

export interface ResolveInput {
  /** The settings tier and its ceilings. */
  readonly values: PartialPolicy;
  readonly ceilings: PartialPolicy;
  /** The level when neither run, policy nor project names one. */
  readonly fallback: TrustLevel;
  readonly project: Project | null;
  readonly policy: PolicyDocument | null;
  /** The level that this run asks for. */
  readonly trust?: TrustLevel | undefined;
  /** Who asked for that level, when it was not the run itself. */
  readonly trustFrom?: EffectivePolicy['levelFrom'] | undefined;
  /** The tiers of the workflow and of the step that this run is. */
  readonly workflow?: readonly TierValues[] | undefined;
  /** What this run sets. */
  readonly run: Layer;
}

export function isLevel(name: string): name is TrustLevel {
  return (TRUST_LEVELS as readonly string[]).includes(name);
}

/** The project's level is held back: it grants more than the level that would be taken without it, and nobody approved it. */
export function levelHeldBack({ project, fallback }: Pick<ResolveInput, 'project' | 'fallback'>): boolean {
  const level = project?.document.level ?? null;
  if (level === null || project?.approved !== false) return false;
  return TRUST_LEVELS.indexOf(level) > TRUST_LEVELS.indexOf(fallback);
}

function chooseLevel(input: ResolveInput): Pick<EffectivePolicy, 'level' | 'levelFrom'> {
  const { trust, policy, project, fallback } = input;
  if (trust !== undefined) return { level: trust, levelFrom: input.trustFrom ?? { tier: 'run', name: 'this run' } };
  if (policy !== null && policy.level !== null)
    return { level: policy.level, levelFrom: { tier: 'policy', name: policy.name } };
  const asked = project?.document.level ?? null;
  if (asked !== null && !levelHeldBack(input))
    return { level: asked, levelFrom: { tier: 'project', name: 'project file' } };
  return { level: fallback, levelFrom: { tier: 'settings', name: 'settings' } };
}

/** Every field with its value and the tier that set it; `counts`: tiers that take part, by default all. */
export function resolve(input: ResolveInput, counts: (tier: Tier) => boolean = () => true): EffectivePolicy {
  const { project, policy, run } = input;
  const tiers: TierValues[] = [{ tier: 'settings', name: 'settings', values: input.values }];
  if (project !== null) {
    const { values, changes } = project.document;
    tiers.push({ tier: 'project', name: 'project file', values, changes, tightenOnly: !project.approved });
  }
  if (policy !== null)
    tiers.push({ tier: 'policy', name: policy.name, values: policy.values, changes: policy.changes });
  tiers.push(...(input.workflow ?? []));
  tiers.push({ tier: 'run', name: 'this run', ...run });
  const chosen = chooseLevel(input);
  return effective({
    ...chosen,
    name: policy?.name ?? chosen.level,
    tiers: tiers.filter(({ tier }) => counts(tier)),
    ceilings: input.ceilings,
  });
}
