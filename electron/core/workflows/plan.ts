/** Planning a whole workflow: what the file says, what each step would run under, what stands in the way (WF-1). */
import { isAbsolute, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { WorkflowLaunch } from '#shared/contract/workflows.ts';
import { WORKFLOW_LIMITS, type PlannedStep, type WorkflowPlan } from '#shared/domain/workflow.ts';
import { AppError, toAppError } from '#shared/lib/app-error.ts';
import { closest } from '#shared/lib/closest.ts';
import { fromBase64, roughTextOf } from '#shared/script/bytes.ts';
import { showShort } from '#shared/script/display.ts';
import type { StepDocument } from '#shared/workflow/document.ts';
import { readWorkflows, type ReadWorkflow } from '#shared/workflow/read.ts';
import { unfilled } from '#shared/workflow/step-launch.ts';
import type { Caller } from '../core.ts';
import { sha256 } from '../policies/files.ts';
import type { PolicyMemory } from '../policies/memory.ts';
import type { Planner } from '../runs/planner.ts';
import { imageHeldBack, planStep, type HeldBackHere, type PolicyCache } from './plan-step.ts';

export interface WorkflowPlanDeps {
  readonly planner: Planner;
  readonly memory: Pick<PolicyMemory, 'isApproved'>;
}

/** A plan with what it was made from; `workflow` null while none is chosen or the file is broken. */
export interface PlannedWorkflow {
  readonly plan: WorkflowPlan;
  readonly workflow: ReadWorkflow | null;
  readonly approved: boolean;
}

/** Warnings that are told of all steps together. */
const WARNINGS = 20;
/** Steps that are planned at one go. */
const PAUSE_EVERY = 20;
/** Characters of a script that a plan shows. */
const SCRIPT_SHOWN = 64 * 1024;

/** The file as approvals know it. */
export function fileOf({ name, folder, text }: WorkflowLaunch): { readonly path: string; readonly hash: string } {
  const path = folder !== undefined && isAbsolute(folder) ? join(folder, name) : name;
  return { path, hash: sha256(text) };
}

function scriptOf(step: StepDocument, files: WorkflowLaunch['files']): string {
  const words = [...(step.entrypoint ?? []), ...(step.command ?? [])].join(' ');
  const file = (files ?? []).find(({ path }) => path === step.script);
  const bytes = file === undefined ? null : fromBase64(file.content);
  const text = step.run ?? (bytes === null ? words : roughTextOf(bytes));
  return text.length > SCRIPT_SHOWN ? `${text.slice(0, SCRIPT_SHOWN)}…` : text;
}

function missing(steps: readonly StepDocument[], files: WorkflowLaunch['files']): WorkflowPlan['problems'] {
  const there = new Set((files ?? []).map(({ path }) => path));
  return steps.flatMap(({ id, script, line, column }) =>
    script === null || there.has(script)
      ? []
      : [
          {
            message: `Step \`${id}\` runs ${showShort(script, 80)}, which is not beside the workflow file.`,
            fix: 'Put the script there, or write it into the step as `run`.',
            line,
            column,
          },
        ],
  );
}

function choose(workflows: ReadonlyMap<string, ReadWorkflow>, wanted: string | undefined): ReadWorkflow | null {
  if (wanted !== undefined) return workflows.get(wanted) ?? null;
  const [only] = workflows.values();
  return workflows.size === 1 ? (only ?? null) : null;
}

function unknownName(
  workflows: ReadonlyMap<string, ReadWorkflow>,
  wanted: string | undefined,
): WorkflowPlan['problems'] {
  if (wanted === undefined || workflows.has(wanted) || workflows.size === 0) return [];
  const names = [...workflows.keys()];
  const near = closest(wanted, names);
  return [
    {
      message: `The file has no workflow ${JSON.stringify(wanted.slice(0, 80))}.`,
      fix: near === null ? `Choose one of ${names.slice(0, 12).join(', ')}.` : `Did you mean \`${near}\`?`,
    },
  ];
}

interface StepsPlanned {
  readonly steps: PlannedStep[];
  readonly heldBack: HeldBackHere[];
  readonly warnings: string[];
}

async function planSteps(
  { planner }: WorkflowPlanDeps,
  workflow: ReadWorkflow,
  given: WorkflowLaunch,
  approved: boolean,
  by: Caller | undefined,
): Promise<StepsPlanned> {
  const cache: PolicyCache = new Map();
  const found: StepsPlanned = { steps: [], heldBack: [], warnings: [] };
  const seen = new Set<string>();
  for (const step of workflow.steps) {
    if (seen.has(step.id)) continue;
    seen.add(step.id);
    // A thousand steps must not hold up everything else.
    if (seen.size % PAUSE_EVERY === 0) await setImmediate();
    const { id, title, line, condition, runtime } = step;
    const known = {
      id,
      title,
      needs: [...(workflow.graph.needs.get(id) ?? [])],
      rank: workflow.graph.rank.get(id) ?? 0,
      script: scriptOf(step, given.files),
      line,
      condition,
      secrets: [...step.secrets],
    };
    try {
      const values = unfilled({ workflow, step });
      const { planned, heldBack } = await planStep(planner, { workflow, step, given, values, approved, by }, cache);
      const { plan, policy } = planned;
      const image = policy.fields['image.name'].value;
      const refusal = plan.refusal ?? imageHeldBack(heldBack)?.toData() ?? null;
      found.heldBack.push(...heldBack);
      for (const { message } of plan.warnings) found.warnings.push(`${id}: ${message}`);
      found.steps.push({
        ...known,
        runtime: image === null ? plan.runtime : null,
        image,
        policy: plan.policy,
        summary: plan.summary,
        changed: plan.fields
          .filter(({ tier }) => tier !== 'level' && tier !== 'settings' && tier !== 'policy')
          .map(({ field, label, value, source }) => ({ field, label, value, source })),
        findings: plan.findings,
        refusal: refusal === null ? null : [refusal.message, refusal.next].filter(Boolean).join(' '),
      });
    } catch (thrown) {
      const { message, next } = toAppError(thrown);
      found.steps.push({
        ...known,
        runtime,
        image: null,
        policy: step.policy ?? step.trust ?? workflow.policy ?? workflow.trust ?? '',
        summary: '',
        changed: [],
        findings: [],
        refusal: [message, next].filter(Boolean).join(' '),
      });
    }
  }
  return found;
}

function shorten(warnings: readonly string[]): string[] {
  const all = [...new Set(warnings)];
  return all.length <= WARNINGS ? all : [...all.slice(0, WARNINGS), `${all.length - WARNINGS} more.`];
}

/** Plans what the launch asks for. Never rejects for a file that is wrong. What came from a token only tightens, whoever approved such a file. */
export async function planWorkflow(
  deps: WorkflowPlanDeps,
  given: WorkflowLaunch,
  by?: Caller,
): Promise<PlannedWorkflow> {
  const shown = showShort(given.name, 200);
  const { workflows, problems } = readWorkflows(shown, given.text);
  const names = [...workflows.keys()];
  const workflow = choose(workflows, given.workflow);
  const all = [...problems, ...unknownName(workflows, given.workflow), ...missing(workflow?.steps ?? [], given.files)];
  const readable = given.text.length <= WORKFLOW_LIMITS.text;
  const file = readable ? fileOf(given) : null;
  const approved = by === undefined && file !== null && deps.memory.isApproved(file.path, file.hash);
  const planned: StepsPlanned =
    workflow === null || problems.length > 0
      ? { steps: [], heldBack: [], warnings: [] }
      : await planSteps(deps, workflow, given, approved, by);
  const held = planned.heldBack.length;
  const plan: WorkflowPlan = {
    names,
    workflow: workflow?.name ?? null,
    description: workflow?.description ?? '',
    order: workflow?.graph.order ?? 'list',
    steps: planned.steps,
    file: file === null ? null : { ...file, approved, heldBack: planned.heldBack },
    problems: all,
    warnings: shorten([
      ...(held > 0
        ? [
            `The file asks for more than ${approved ? 'this run allows' : 'it may have before you approve it'}: ${held === 1 ? 'one value is' : `${held} values are`} held back.`,
          ]
        : []),
      ...planned.warnings,
    ]),
    secrets: [...new Set((workflow?.steps ?? []).flatMap(({ secrets }) => secrets))],
  };
  return { plan, workflow: all.length > 0 ? null : workflow, approved };
}

/** Throws what stands in the way of starting: `input-invalid` for the file, `plan-refused` for a step. */
export function mustStart({ plan, workflow }: PlannedWorkflow, given: WorkflowLaunch): ReadWorkflow {
  const [problem] = plan.problems;
  if (problem !== undefined) {
    const place = problem.line === undefined ? '' : `:${problem.line}:${problem.column ?? 1}`;
    throw new AppError({
      code: 'input-invalid',
      message: `${showShort(given.name, 120)}${place}: ${problem.message}`,
      why: plan.problems.length > 1 ? `The file has ${plan.problems.length} mistakes; this is the first.` : undefined,
      next: problem.fix,
    });
  }
  if (workflow === null)
    throw new AppError({
      code: 'input-invalid',
      message: 'The file has several workflows.',
      why: 'Only one is run at a time.',
      next: `Choose one of ${plan.names.slice(0, 12).join(', ')}.`,
    });
  const refused = plan.steps.find(({ refusal }) => refusal !== null);
  if (refused !== undefined)
    throw new AppError({
      code: 'plan-refused',
      message: `Step ${refused.id} would be refused: ${refused.refusal}`,
      why: 'A workflow starts only when each of its steps could.',
      next: 'Look at the plan of the workflow, then change the step or the policy.',
    });
  const absent = plan.secrets.filter((name) => !Object.hasOwn(given.secrets ?? {}, name));
  if (absent.length > 0)
    throw new AppError({
      code: 'input-invalid',
      message: `The workflow needs ${absent.length === 1 ? 'the secret' : 'the secrets'} ${absent.slice(0, 12).join(', ')}.`,
      why: 'Secrets are given at each start and kept nowhere.',
      next: `Give ${absent.length === 1 ? 'it' : 'them'} in the launch sheet, with \`--secret NAME=VALUE\`, or as \`secrets\` over REST.`,
    });
  return workflow;
}
