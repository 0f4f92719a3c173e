/** Planning one step of a workflow: under which policy, and what its file may not have before it is approved (WF-1, POL-3). */
import type { Launch } from '#shared/contract/runs.ts';
import type { WorkflowLaunch } from '#shared/contract/workflows.ts';
import type { EffectivePolicy, FieldPath } from '#shared/domain/policy.ts';
import type { WorkflowPlan } from '#shared/domain/workflow.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { anyField, FIELD_PATHS } from '#shared/policy/fields.ts';
import { loosens } from '#shared/policy/merge/effective.ts';
import type { StepDocument, WorkflowDocument } from '#shared/workflow/document.ts';
import { stepLaunch, stepTiers, type StepValues } from '#shared/workflow/step-launch.ts';
import type { Caller } from '../core.ts';
import type { Planned, Planner, StepTiers } from '../runs/planner.ts';

export type HeldBackHere = NonNullable<WorkflowPlan['file']>['heldBack'][number];

export interface StepPlan {
  readonly launch: Launch;
  readonly tiers: StepTiers;
  readonly planned: Planned;
  readonly heldBack: readonly HeldBackHere[];
}

export interface StepPlanInput {
  readonly workflow: WorkflowDocument;
  readonly step: StepDocument;
  readonly given: WorkflowLaunch;
  readonly values: StepValues;
  /** The person approved exactly this content of the file. */
  readonly approved: boolean;
  /** Who began the workflow, where that is not a person at this computer. */
  readonly by?: Caller | undefined;
}

type Choice = Pick<Launch, 'policy' | 'trust'>;

/** Policies that were compared already in one planning of a whole workflow. */
export type PolicyCache = Map<string, EffectivePolicy>;

function chosen({ policy, trust }: { policy: string | null; trust: Launch['trust'] | null }): Choice {
  return { ...(policy !== null && { policy }), ...(trust !== undefined && trust !== null && { trust }) };
}

async function bare(
  planner: Planner,
  { launch, by }: { readonly launch: Launch; readonly by: Caller | undefined },
  choice: Choice,
  cache: PolicyCache,
): Promise<EffectivePolicy> {
  const key = JSON.stringify([launch.runtime, choice.policy ?? null, choice.trust ?? null]);
  const known = cache.get(key);
  if (known !== undefined) return known;
  const { policy } = await planner.plan({ ...launch, set: {}, ...choice }, by);
  cache.set(key, policy);
  return policy;
}

function grantsMore(asked: EffectivePolicy, base: EffectivePolicy): boolean {
  return FIELD_PATHS.some((path: FieldPath) => loosens(path, asked.fields[path].value, base.fields[path].value));
}

/**
 * Plans a step. What the person named at the start is the most that the file's own choice of a policy may grant; without
 * such a name, what the settings name is, until the file is approved. Throws AppError as the planner does, and
 * `plan-refused` for an image that is held back.
 */
export async function planStep(
  planner: Planner,
  input: StepPlanInput,
  cache: PolicyCache = new Map(),
): Promise<StepPlan> {
  const { workflow, step, given, approved, values, by } = input;
  const launch = stepLaunch(input, given, values);
  const base: Choice = {
    ...(given.policy !== undefined && { policy: given.policy }),
    ...(given.trust !== undefined && { trust: given.trust }),
  };
  const named = [step, workflow].find(({ policy, trust }) => policy !== null || trust !== null);
  const heldBack: HeldBackHere[] = [];
  let choice = base;
  let trustFrom: StepTiers['trustFrom'];
  if (named !== undefined) {
    const asked = chosen(named);
    const free = approved && Object.keys(base).length === 0;
    const takes =
      free ||
      !grantsMore(await bare(planner, { launch, by }, asked, cache), await bare(planner, { launch, by }, base, cache));
    if (takes) {
      choice = asked;
      trustFrom = named === step ? { tier: 'step', name: step.id } : { tier: 'workflow', name: workflow.name };
    } else {
      const kept = (await bare(planner, { launch, by }, base, cache)).name;
      const field = named.policy === null ? 'trust_level' : 'policy';
      heldBack.push({
        step: step.id,
        field,
        label: field === 'policy' ? 'Policy' : 'Trust level',
        asked: named.policy ?? named.trust ?? '',
        kept,
      });
    }
  }
  const tiers: StepTiers = { tiers: stepTiers(input, values, approved), ...(trustFrom !== undefined && { trustFrom }) };
  const full = { ...launch, ...choice };
  const planned = await planner.plan(full, by, tiers);
  for (const { tier, field, asked, kept } of planned.policy.heldBack) {
    if (tier === 'project') continue;
    const { kind, label } = anyField(field);
    heldBack.push({ step: step.id, field, label, asked: kind.format(asked), kept: kind.format(kept) });
  }
  return { launch: full, tiers, planned, heldBack };
}

/** An image cannot be left out like a limit: its script would run somewhere else. */
export function imageHeldBack(heldBack: readonly HeldBackHere[]): AppError | null {
  const image = heldBack.find(({ field }) => field === 'image.name');
  if (image === undefined) return null;
  return new AppError({
    code: 'plan-refused',
    message: `Step ${image.step} wants the image ${image.asked}.`,
    why: 'Which image a downloaded file uses counts only when you approved the file.',
    next: 'Approve the workflow file after a look at it.',
  });
}
