/** What runs may have at once, counted together: over a policy, a project, a workflow (RUN-8, POL-2 quota). Pure. */
import type { EffectivePolicy, PolicyValues, Tier } from '../domain/policy.ts';

export type GroupKind = 'policy' | 'project' | 'workflow';

/** Runs that are counted together, and what they may have at once; null is unlimited. */
export interface Group {
  readonly kind: GroupKind;
  /** Tells it from others of its kind. */
  readonly key: string;
  /** What a person calls it. */
  readonly name: string;
  readonly runs: number | null;
  /** Memory limits together, bytes. */
  readonly memory: number | null;
  /** CPU limits together, percent of one core. */
  readonly cpu: number | null;
}

type Amounts = Pick<Group, 'runs' | 'memory' | 'cpu'>;
const FIELDS = { runs: 'quota.runs', memory: 'quota.memory', cpu: 'quota.cpu' } as const;
const UNLIMITED: Amounts = { runs: null, memory: null, cpu: null };

/** Over what a quota of this tier is counted: a project file speaks for the project, a workflow for the workflow, all else for the policy. */
export function scopeOf(tier: Tier): GroupKind {
  if (tier === 'project') return 'project';
  return tier === 'workflow' || tier === 'step' ? 'workflow' : 'policy';
}

/** Quotas by what they are counted over. */
export type Quotas = Readonly<Record<GroupKind, Amounts>>;

/**
 * `under`: the same policy without the tiers that speak for a project or a workflow: their quotas come beside the policy's own,
 * so that a project can never widen what all projects under a policy have together.
 */
export function quotasOf(policy: EffectivePolicy, under: EffectivePolicy): Quotas {
  const of = (kind: GroupKind): Amounts => {
    const found: { -readonly [A in keyof Amounts]: Amounts[A] } = { ...UNLIMITED };
    for (const amount of ['runs', 'memory', 'cpu'] as const) {
      const { value, tier } = (kind === 'policy' ? under : policy).fields[FIELDS[amount]];
      if (scopeOf(tier) === kind) found[amount] = value satisfies PolicyValues['quota.memory'];
    }
    return found;
  };
  return { policy: of('policy'), project: of('project'), workflow: of('workflow') };
}

/** A policy of its own, a project of its own and, for a step, a workflow of its own. */
export interface Belongs {
  readonly policy: string;
  readonly project: { readonly key: string; readonly name: string };
  readonly workflow: { readonly key: string; readonly name: string } | null;
}

/** Every group that a run counts in, also those that put no limit on it: others' limits count it too. */
export function groupsOf(quotas: Quotas, { policy, project, workflow }: Belongs): Group[] {
  const groups: Group[] = [
    { kind: 'policy', key: policy, name: policy, ...quotas.policy },
    { kind: 'project', ...project, ...quotas.project },
  ];
  if (workflow !== null) groups.push({ kind: 'workflow', ...workflow, ...quotas.workflow });
  return groups;
}
