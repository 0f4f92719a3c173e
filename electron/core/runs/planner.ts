/** From a launch to a plan: validated, analysed, put under its effective policy. Asks the engine only for what it already knows. */
import type { Launch, Plan } from '#shared/contract/runs.ts';
import type { Capabilities } from '#shared/domain/engine.ts';
import type { EffectivePolicy } from '#shared/domain/policy.ts';
import type { Runtime } from '#shared/domain/run.ts';
import type { Compiled } from '#shared/domain/sandbox.ts';
import { makePlan, type PlanInput, type PlanSettings } from '#shared/policy/plan.ts';
import { levelCards } from '#shared/policy/summary.ts';
import { markScript } from '#shared/script/marks.ts';
import { validateLaunch, type NormalLaunch } from '#shared/script/validate.ts';
import type { LevelCard } from '../core.ts';
import type { MountSources } from '../sandbox/mounts/index.ts';
import type { SelectedPolicy } from '../policies/select.ts';

export interface Planned {
  readonly plan: Plan;
  readonly launch: NormalLaunch;
  readonly policy: EffectivePolicy;
  readonly compiled: Compiled;
  readonly env: Readonly<Record<string, string>>;
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
}

export class Planner {
  readonly #deps: PlannerDeps;

  constructor(deps: PlannerDeps) {
    this.#deps = deps;
  }

  /** Throws AppError `input-invalid` or `policy-invalid`; what cannot be honoured is the plan's refusal, not an error. */
  async plan(launch: Launch): Promise<Planned> {
    const normal = validateLaunch(launch);
    const settings = this.#deps.settings();
    const policy = await this.#deps.policy(launch, normal.runtime, settings);
    const made = makePlan({
      launch,
      runtime: normal.runtime,
      runtimeFrom: normal.runtimeFrom,
      marks: normal.script === null ? [] : markScript(normal.runtime, normal.script),
      settings,
      policy: policy?.document ?? null,
      policyRevision: policy?.revision ?? null,
      project: this.#deps.project(launch),
      capabilities: this.#deps.capabilities(),
      image: await this.#deps.image(normal.runtime),
    });
    const broken = policy?.warning ? [{ message: policy.warning }] : [];
    const problem = await this.#deps.mounts.problem(made.compiled.options.mounts, normal.folder);
    return {
      plan: {
        ...made.plan,
        refusal: made.plan.refusal ?? problem?.toData() ?? null,
        name: normal.name,
        warnings: [...normal.warnings, ...broken, ...made.plan.warnings],
      },
      launch: normal,
      policy: made.policy,
      compiled: made.compiled,
      env: made.env,
    };
  }

  levels(runtime: Runtime): LevelCard[] {
    return levelCards(runtime);
  }
}
