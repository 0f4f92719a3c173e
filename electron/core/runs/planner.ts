/** From a launch to a plan: validated, analysed, put under its effective policy. Asks the engine only for what it already knows. */
import type { Launch, Plan } from '#shared/contract/runs.ts';
import type { Capabilities } from '#shared/domain/engine.ts';
import type { EffectivePolicy, TierValues } from '#shared/domain/policy.ts';
import type { Runtime } from '#shared/domain/run.ts';
import type { Compiled } from '#shared/domain/sandbox.ts';
import { makePlan, type PlanInput, type PlanSettings } from '#shared/policy/plan/plan.ts';
import { levelCards } from '#shared/policy/say/summary.ts';
import type { Quotas } from '#shared/queue/quotas.ts';
import { parseRuntime } from '#shared/script/detect.ts';
import { markScript } from '#shared/script/marks.ts';
import { validateLaunch, type NormalLaunch } from '#shared/script/validate.ts';
import { checkEntitled, tighterCeilings } from '#shared/policy/token/entitled.ts';
import { parseSet } from '#shared/policy/merge/set.ts';
import type { Caller, LevelCard } from '../core.ts';
import type { MountSources } from '../sandbox/mounts/index.ts';
import type { SelectedPolicy } from '../policies/select.ts';

export interface Planned {
  readonly plan: Plan;
  readonly launch: NormalLaunch;
  readonly policy: EffectivePolicy;
  readonly compiled: Compiled;
  readonly quotas: Quotas;
  readonly env: Readonly<Record<string, string>>;
}

/** What a workflow adds to the launch of one of its steps. */
export interface StepTiers {
  readonly tiers: readonly TierValues[];
  /** Who chose the launch's level, when that was the file. */
  readonly trustFrom?: EffectivePolicy['levelFrom'] | undefined;
}

export interface PlannerDeps {
  /**
   * The policy that a run is under: what the launch names, else what the settings name for the runtime, else null (a bare level).
   * Throws AppError `plan-refused` for a name that is not there.
   */
  readonly policy: (launch: Launch, runtime: Runtime, settings: PlanSettings) => Promise<SelectedPolicy | null>;
  /** The launch's project file, read and looked up among the approvals. Throws AppError `policy-invalid` for a broken one. */
  readonly project: (launch: Launch) => PlanInput['project'];
  readonly settings: () => PlanSettings;
  /** Null while no engine is connected. */
  readonly capabilities: () => Capabilities | null;
  readonly mounts: Pick<MountSources, 'problem'>;
  readonly image: (runtime: Runtime) => Promise<{ reference: string; present: boolean }>;
  /** Told of each plan that a run could follow. */
  readonly foresee?: (compiled: Compiled) => void;
}

export class Planner {
  readonly #deps: PlannerDeps;

  constructor(deps: PlannerDeps) {
    this.#deps = deps;
  }

  /** Throws AppError `input-invalid` or `policy-invalid`, and `auth` for what a caller may not ask for; what cannot be honoured is the plan's refusal, not an error. */
  async plan(launch: Launch, by?: Caller, step?: StepTiers): Promise<Planned> {
    const own = this.#deps.settings();
    const settings = by === undefined ? own : { ...own, ceilings: tighterCeilings(own.ceilings, by.ceilings) };
    const { normal, policy } = await this.#underPolicy(launch, settings);
    const input: PlanInput = {
      launch,
      runtime: normal.runtime,
      runtimeFrom: normal.runtimeFrom,
      marks: normal.script === null ? [] : markScript(normal.runtime, normal.script),
      settings,
      policy: policy?.document ?? null,
      policyRevision: policy?.revision ?? null,
      project: this.#deps.project(launch),
      workflow: step?.tiers,
      trustFrom: step?.trustFrom,
      capabilities: this.#deps.capabilities(),
      image: await this.#deps.image(normal.runtime),
    };
    const set = parseSet(launch.set ?? {});
    if (by !== undefined && Object.keys(launch.set ?? {}).length > 0)
      checkEntitled(set, by.ceilings, makePlan({ ...input, launch: { ...launch, set: {} } }).policy);
    const made = makePlan(input);
    const named = made.policy.fields['image.name'].value;
    const broken = policy?.warning ? [{ message: policy.warning }] : [];
    const problem = await this.#deps.mounts.problem(made.compiled.options.mounts, normal.folder);
    if (made.plan.refusal === null && problem === null) this.#deps.foresee?.(made.compiled);
    return {
      plan: {
        ...made.plan,
        refusal: made.plan.refusal ?? problem?.toData() ?? null,
        name: normal.name,
        image: named === null ? made.plan.image : { reference: named, present: false },
        warnings: [...normal.warnings, ...broken, ...made.plan.warnings],
      },
      launch: normal,
      policy: made.policy,
      compiled: made.compiled,
      quotas: made.quotas,
      env: made.env,
    };
  }

  /** The launch chooses its runtime; else the strongest tier that names one; else the script's own look. */
  async #underPolicy(
    launch: Launch,
    settings: PlanSettings,
  ): Promise<{ normal: NormalLaunch; policy: SelectedPolicy | null }> {
    const chosen = launch.runtime !== undefined || launch.set?.['image.runtime'] !== undefined;
    const as = (runtime: string | null | undefined, from: string): NormalLaunch | null => {
      const known = chosen ? null : parseRuntime(runtime ?? '');
      return known === null ? null : { ...validateLaunch({ ...launch, runtime: known }), runtimeFrom: from };
    };
    // Which policy that is does not depend on a runtime when the launch itself names it.
    const named = chosen || launch.policy === undefined ? null : await this.#deps.policy(launch, 'polyglot', settings);
    const project = this.#deps.project(launch);
    const normal =
      as(named?.document.values['image.runtime'], `policy ${named?.document.name}`) ??
      as(project?.approved === true ? project.document.values['image.runtime'] : null, 'project file') ??
      as(settings.values['image.runtime'], 'settings') ??
      validateLaunch(launch);
    const policy = named ?? (await this.#deps.policy(launch, normal.runtime, settings));
    return {
      normal: as(policy?.document.values['image.runtime'], `policy ${policy?.document.name}`) ?? normal,
      policy,
    };
  }

  levels(runtime: Runtime): LevelCard[] {
    return levelCards(runtime);
  }
}
