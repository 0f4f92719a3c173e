/** From a launch to a plan: which policy, what it allows, what stands in the way. Pure. */
import type { Launch, Plan, ScriptMark } from '../../contract/runs.ts';
import type { Capabilities } from '../../domain/engine.ts';
import type { PolicyDocument } from '../../domain/policy-document.ts';
import type { EffectivePolicy, FieldPath, PartialPolicy, TierValues } from '../../domain/policy.ts';
import type { Runtime } from '../../domain/run.ts';
import type { Compiled } from '../../domain/sandbox.ts';
import { allows } from '../say/allows.ts';
import { quotasOf, scopeOf, type Quotas } from '../../queue/quotas.ts';
import { choose } from '../merge/choose.ts';
import { compile, enforcement } from '../compile.ts';
import { anyField } from '../fields.ts';
import { fit } from './fit.ts';
import { lint } from '../lint/lint.ts';
import { riskOf } from '../lint/risk.ts';
import { overlay, type Layer } from '../merge/overlay.ts';
import { refuse } from './refuse.ts';
import { levelHeldBack, resolve, type Project, type ResolveInput } from '../merge/resolve.ts';
import { parseSet } from '../merge/set.ts';
import { fieldRows, summary } from '../say/summary.ts';

/** What the settings say about policies. */
export interface PlanSettings {
  /** The level or own policy of runs that name none. */
  readonly defaultPolicy: string;
  /** Goes before `defaultPolicy`. */
  readonly perRuntime: Readonly<Partial<Record<Runtime, string>>>;
  /** The settings tier: values for every run. */
  readonly values: PartialPolicy;
  readonly ceilings: PartialPolicy;
}

export interface PlanInput {
  readonly launch: Launch;
  readonly runtime: Runtime;
  readonly runtimeFrom: string;
  readonly marks: readonly ScriptMark[];
  readonly settings: PlanSettings;
  /** The policy that the launch or the settings name; null for a bare level. */
  readonly policy: PolicyDocument | null;
  /** SHA-256 of the policy file's text. */
  readonly policyRevision?: string | null;
  readonly project: (Project & { readonly path: string; readonly hash: string }) | null;
  /** The tiers of the workflow and of the step that this run is (WF-1). */
  readonly workflow?: readonly TierValues[] | undefined;
  /** Who chose the launch's level, when that was a workflow file. */
  readonly trustFrom?: EffectivePolicy['levelFrom'] | undefined;
  /** Null while no engine is connected. */
  readonly capabilities: Capabilities | null;
  readonly image: { readonly reference: string; readonly present: boolean };
}

export interface PlanOutput {
  readonly plan: Plan;
  readonly policy: EffectivePolicy;
  readonly compiled: Compiled;
  readonly quotas: Quotas;
  /** The script's environment, without secrets. */
  readonly env: Readonly<Record<string, string>>;
}

function runLayer(launch: Launch): Layer {
  const { values, changes } = parseSet(launch.set ?? {});
  return { values: { ...values, ...(launch.tty === undefined ? {} : { 'run.tty': launch.tty }) }, changes };
}

function clampWarnings(policy: EffectivePolicy): Plan['warnings'] {
  return (Object.keys(policy.fields) as FieldPath[]).flatMap((path) => {
    const { value, clampedFrom, tier } = policy.fields[path];
    if (clampedFrom === undefined || tier === 'level') return [];
    const { kind, label } = anyField(path);
    return [
      {
        message: `${label} is ${kind.format(value)} instead of ${kind.format(clampedFrom)}: a ceiling of the settings cuts it.`,
      },
    ];
  });
}

function planProject(input: ResolveInput, project: PlanInput['project'], policy: EffectivePolicy): Plan['project'] {
  if (project === null) return null;
  const level = levelHeldBack(input)
    ? [{ field: 'trust_level', label: 'Trust level', asked: project.document.level ?? '', kept: input.fallback }]
    : [];
  const ours = policy.heldBack.filter(({ tier }) => tier === 'project');
  const fields = ours.map(({ field, asked, kept }) => {
    const { kind, label } = anyField(field);
    return { field, label, asked: kind.format(asked), kept: kind.format(kept) };
  });
  const { path, hash, approved } = project;
  return { path, hash, approved, heldBack: [...level, ...fields] };
}

/** Throws AppError `policy-invalid` for a bad `--set`; all else that stops the run is `plan.refusal`. */
export function makePlan(input: PlanInput): PlanOutput {
  const { launch, runtime, capabilities, settings, marks, project } = input;
  const { trust, fallback } = choose(launch, runtime, settings);
  const resolving: ResolveInput = {
    values: settings.values,
    ceilings: settings.ceilings,
    fallback,
    project,
    policy: input.policy,
    trust,
    trustFrom: input.trustFrom,
    workflow: input.workflow,
    run: runLayer(launch),
  };
  const found = resolve(resolving);
  const asked = found.fields['image.runtime'].value;
  // The launch itself chose another runtime than its policy names: that is this run's word, and shown as such.
  const own = overlay(resolving.run, { values: { 'image.runtime': runtime }, changes: {} });
  const policy = asked === null || asked === runtime ? found : resolve({ ...resolving, run: own });
  const quotas = quotasOf(
    policy,
    resolve(resolving, (tier) => scopeOf(tier) === 'policy'),
  );
  const compiled = compile(policy, runtime, capabilities);
  const fits = fit(policy, runtime, marks);
  return {
    policy,
    compiled,
    quotas,
    env: { ...fits.env, ...policy.fields['run.env'].value, ...launch.env },
    plan: {
      name: launch.name,
      runtime,
      runtimeFrom: input.runtimeFrom,
      level: policy.level,
      policy: policy.name,
      policyRevision: input.policyRevision ?? null,
      summary: summary(policy),
      fields: fieldRows(policy, capabilities === null ? [] : enforcement(capabilities, policy)),
      allows: allows(policy, marks, compiled.gaps),
      marks: [...marks],
      warnings: [...fits.warnings, ...clampWarnings(policy)],
      refusal: refuse(policy, { launch, runtime, capabilities, compiled, quotas }),
      image: { ...input.image },
      findings: lint(policy),
      risk: riskOf(policy),
      project: planProject(resolving, project, policy),
    },
  };
}
