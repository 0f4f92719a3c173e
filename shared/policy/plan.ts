/** From a launch to a plan: which policy, what it allows, what stands in the way. Pure. */
import type { Launch, Plan, ScriptMark } from '../contract/runs.ts';
import type { Capabilities } from '../domain/engine.ts';
import {
  TRUST_LEVELS,
  type EffectivePolicy,
  type FieldPath,
  type PartialPolicy,
  type TierValues,
  type TrustLevel,
} from '../domain/policy.ts';
import type { Runtime } from '../domain/run.ts';
import type { Compiled } from '../domain/sandbox.ts';
import { AppError } from '../lib/app-error.ts';
import { formatBytes } from '../lib/units.ts';
import { allows } from './allows.ts';
import { compile, enforcement } from './compile.ts';
import { effective } from './effective.ts';
import { anyField } from './fields.ts';
import { fit } from './fit.ts';
import { refuse } from './refuse.ts';
import { parseSet } from './set.ts';
import { fieldRows, summary } from './summary.ts';

/** What the settings say about policies. */
export interface PlanSettings {
  readonly defaultTrust: TrustLevel;
  readonly perRuntime: Readonly<Partial<Record<Runtime, TrustLevel>>>;
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
  /** Null while no engine is connected. */
  readonly capabilities: Capabilities | null;
  readonly image: { readonly reference: string; readonly present: boolean };
}

export interface PlanOutput {
  readonly plan: Plan;
  readonly policy: EffectivePolicy;
  readonly compiled: Compiled;
  /** The script's environment, without secrets. */
  readonly env: Readonly<Record<string, string>>;
}

function isLevel(name: string): name is TrustLevel {
  return (TRUST_LEVELS as readonly string[]).includes(name);
}

/** Levels can be named like policies; own policies do not exist yet. */
function chooseLevel({ launch, runtime, settings }: PlanInput): TrustLevel {
  if (launch.policy !== undefined && !isLevel(launch.policy)) {
    throw new AppError({
      code: 'plan-refused',
      message: `There is no policy ${JSON.stringify(launch.policy.slice(0, 80))}.`,
      why: 'Bellglass knows the four trust levels; it does not have own policies yet.',
      next: `Choose one of ${TRUST_LEVELS.join(', ')}, and change single values with \`--set\`.`,
    });
  }
  return launch.trust ?? launch.policy ?? settings.perRuntime[runtime] ?? settings.defaultTrust;
}

function runTier(launch: Launch): TierValues {
  const values: PartialPolicy = {
    ...parseSet(launch.set ?? {}),
    ...(launch.tty === undefined ? {} : { 'run.tty': launch.tty }),
  };
  return { tier: 'run', name: 'this run', values };
}

function scratchWarnings(policy: EffectivePolicy): Plan['warnings'] {
  const memory = policy.fields['resources.memory'].value;
  const scratch = policy.fields['resources.scratch'].value;
  if (scratch <= memory) return [];
  return [
    {
      message: `Scratch (${formatBytes(scratch)}) is larger than memory (${formatBytes(memory)}), and temporary files count toward memory: the script is killed before the scratch is full.`,
      suggestion: {
        label: `Use ${formatBytes(memory)} for scratch`,
        set: { 'resources.scratch': formatBytes(memory) },
      },
    },
  ];
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

/** Throws AppError `policy-invalid` for a bad `--set`, `plan-refused` for an unknown policy; all else that stops the run is `plan.refusal`. */
export function makePlan(input: PlanInput): PlanOutput {
  const { launch, runtime, capabilities, settings, marks } = input;
  const level = chooseLevel(input);
  const tiers: TierValues[] = [{ tier: 'settings', name: 'settings', values: settings.values }, runTier(launch)];
  const policy = effective({ level, name: level, tiers, ceilings: settings.ceilings });
  const compiled = compile(policy, runtime, capabilities);
  const fits = fit(policy, runtime, marks);
  return {
    policy,
    compiled,
    env: { ...fits.env, ...policy.fields['run.env'].value, ...launch.env },
    plan: {
      name: launch.name,
      runtime,
      runtimeFrom: input.runtimeFrom,
      level,
      policy: policy.name,
      summary: summary(policy),
      fields: fieldRows(policy, capabilities === null ? [] : enforcement(capabilities, policy)),
      allows: allows(policy, marks, compiled.gaps),
      marks: [...marks],
      warnings: [...fits.warnings, ...scratchWarnings(policy), ...clampWarnings(policy)],
      refusal: refuse(policy, { launch, runtime, capabilities, compiled }),
      image: { ...input.image },
    },
  };
}
