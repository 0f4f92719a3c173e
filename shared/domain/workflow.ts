/** The words of workflows (WF-1): what a file asks for, how far a workflow is, what became of each step. */
import * as z from 'zod';
import { findingSchema } from './finding.ts';
import { RUNTIMES, outcomeSchema } from './run.ts';

/** Limits on one file; beyond them it is refused with `input-invalid`. */
export const WORKFLOW_LIMITS = {
  /** Bytes of the file. */
  text: 1024 * 1024,
  workflows: 100,
  /** Steps of one workflow. */
  steps: 1000,
  /** Characters of a step's id and of a workflow's name. */
  id: 64,
} as const;

/** A mistake in the file; `line` and `column` are 1-based, absent where it is about the whole. */
export const workflowProblemSchema = z.object({
  message: z.string(),
  /** What to write instead. */
  fix: z.string().optional(),
  line: z.number().optional(),
  column: z.number().optional(),
});
export type WorkflowProblem = z.infer<typeof workflowProblemSchema>;

export const plannedStepSchema = z.object({
  id: z.string(),
  /** The step's `name`, else its id. */
  title: z.string(),
  /** Steps that must have ended before; from `needs`, from references, or from the order of a plain list. */
  needs: z.array(z.string()),
  /** Position from the left in the graph: 0 needs nothing. */
  rank: z.number(),
  runtime: z.enum(RUNTIMES).nullable(),
  /** Reference of another image; null for one of the runtimes. */
  image: z.string().nullable(),
  /** The script, or entrypoint and command, as text to look at. */
  script: z.string(),
  /** 1-based line of the step in the file. */
  line: z.number(),
  condition: z.string().nullable(),
  /** Names of the secrets that it gets. */
  secrets: z.array(z.string()),
  /** "limited", or the name of an own policy. */
  policy: z.string(),
  /** "No network · 128 MiB · half a core · 5 min · files read-only". */
  summary: z.string(),
  /** What differs from the policy, with the tier that it came from. */
  changed: z.array(z.object({ field: z.string(), label: z.string(), value: z.string(), source: z.string() })),
  findings: z.array(findingSchema),
  /** Present: this step would be refused as it is, and so is the workflow. */
  refusal: z.string().nullable(),
});
export type PlannedStep = z.infer<typeof plannedStepSchema>;

export const workflowPlanSchema = z.object({
  /** Names of all workflows of the file. */
  names: z.array(z.string()),
  /** The one that this plan is about; null when the file has several and none was chosen, or none can be read. */
  workflow: z.string().nullable(),
  description: z.string(),
  /** `list`: nothing says what it needs, so steps run in order. `graph`: what needs nothing runs side by side. */
  order: z.enum(['list', 'graph']),
  steps: z.array(plannedStepSchema),
  /** The file as approvals know it; null for one that is no text. Its choice of policy and its values only tighten until it is approved. */
  file: z
    .object({
      path: z.string(),
      /** SHA-256 of its content, for `policies.approveProject`. */
      hash: z.string(),
      approved: z.boolean(),
      /** Not in force until it is approved; `field` is a policy field, `policy` or `trust_level`. */
      heldBack: z.array(
        z.object({ step: z.string(), field: z.string(), label: z.string(), asked: z.string(), kept: z.string() }),
      ),
    })
    .nullable(),
  /** The file cannot run while there are any. */
  problems: z.array(workflowProblemSchema),
  warnings: z.array(z.string()),
  /** Names of secrets that the file asks for and that must be given at start. */
  secrets: z.array(z.string()),
});
export type WorkflowPlan = z.infer<typeof workflowPlanSchema>;

/**
 * `waiting` for what it needs · `running` (its run is anywhere before its end) · `succeeded` · `failed` ·
 * `skipped` by its condition · `not-reached` because something it needs failed · `cancelled`.
 */
export const STEP_STATES = [
  'waiting',
  'running',
  'succeeded',
  'failed',
  'skipped',
  'not-reached',
  'cancelled',
] as const;
export const stepStateSchema = z.enum(STEP_STATES);
export type StepState = z.infer<typeof stepStateSchema>;

export const workflowStepSchema = z.object({
  id: z.string(),
  title: z.string(),
  needs: z.array(z.string()),
  rank: z.number(),
  state: stepStateSchema,
  /** One sentence: why it was skipped, not reached or failed; empty otherwise. */
  why: z.string(),
  /** Its newest run, then the earlier ones of retries. */
  runs: z.array(z.string()),
  /** Outcome of the newest run. */
  outcome: outcomeSchema.nullable(),
  /** Epoch milliseconds. */
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
});
export type WorkflowStep = z.infer<typeof workflowStepSchema>;

/** `interrupted`: Bellglass ended while it went on. */
export const WORKFLOW_OUTCOMES = ['succeeded', 'failed', 'cancelled', 'interrupted'] as const;

export const workflowSummarySchema = z.object({
  id: z.string(),
  /** Of the file. */
  file: z.string(),
  workflow: z.string(),
  state: z.enum(['running', 'finished']),
  outcome: z.enum(WORKFLOW_OUTCOMES).nullable(),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  /** Steps in each state. */
  counts: z.record(stepStateSchema, z.number()),
});
export type WorkflowSummary = z.infer<typeof workflowSummarySchema>;

export const workflowDetailSchema = z.object({
  summary: workflowSummarySchema,
  plan: workflowPlanSchema,
  steps: z.array(workflowStepSchema),
  /** The file as it was. */
  text: z.string(),
  /** Values that steps have set, and those given at start; a large one is told by its size. */
  variables: z.record(z.string(), z.json()),
});
export type WorkflowDetail = z.infer<typeof workflowDetailSchema>;

/** What became different since the last message of a watch. */
export const workflowChangeSchema = z.object({
  summary: workflowSummarySchema,
  /** Only those that changed. */
  steps: z.array(workflowStepSchema),
  /** All of them; absent while none changed. */
  variables: z.record(z.string(), z.json()).optional(),
});
export type WorkflowChange = z.infer<typeof workflowChangeSchema>;
