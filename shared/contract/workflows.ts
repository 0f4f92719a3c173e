/** Planning, starting and watching workflows (WF-1). A step's run is a run like any other: see `runs`. */
import { eventIterator } from '@orpc/contract';
import * as z from 'zod';
import { TRUST_LEVELS } from '../domain/policy.ts';
import {
  workflowChangeSchema,
  workflowDetailSchema,
  workflowPlanSchema,
  workflowSummarySchema,
} from '../domain/workflow.ts';
import { base } from './errors.ts';
import { scriptFileSchema } from './runs.ts';

export const workflowLaunchSchema = z.object({
  /** Of the file, as a person calls it. */
  name: z.string(),
  /** The file's content. */
  text: z.string(),
  /** Which one, where the file has several. */
  workflow: z.string().optional(),
  /** Scripts that steps name, from the file's folder. */
  files: z.array(scriptFileSchema).optional(),
  /** Absolute folder of the file on the core's machine. */
  folder: z.string().optional(),
  /** The project's `bellglass.yaml`, as it was read with the file. */
  project: z.object({ path: z.string(), text: z.string() }).optional(),
  /** Base of all steps that name none themselves. */
  trust: z.enum(TRUST_LEVELS).optional(),
  policy: z.string().optional(),
  /** Dotted field path → text with a unit; the tier `this run` of every step. */
  set: z.record(z.string(), z.string()).optional(),
  input: z.unknown().optional(),
  variables: z.record(z.string(), z.unknown()).optional(),
  env: z.record(z.string(), z.string()).optional(),
  /** Never recorded anywhere; a step gets those that it names. */
  secrets: z.record(z.string(), z.string()).optional(),
});
export type WorkflowLaunch = z.infer<typeof workflowLaunchSchema>;

const byId = z.object({ id: z.string() });

export const workflows = {
  /** Never rejects for a file that is wrong: its mistakes are in `problems`. */
  plan: base.input(workflowLaunchSchema).output(workflowPlanSchema),
  /** `input-invalid` with the first problem when the plan has any, `plan-refused` when a step would be. */
  start: base.input(workflowLaunchSchema).output(byId),
  /** Newest first; `before` is the id of the last one of the page before. */
  list: base
    .input(z.object({ before: z.string().optional(), limit: z.number().int().min(1).max(500).optional() }))
    .output(z.array(workflowSummarySchema)),
  get: base.input(byId).output(workflowDetailSchema),
  /** The whole state at first, then what changed, at most once per 100 ms; ends with the workflow. */
  watch: base
    .input(byId)
    .output(
      eventIterator(
        z.discriminatedUnion('type', [
          z.object({ type: z.literal('all'), detail: workflowDetailSchema }),
          z.object({ type: z.literal('changed'), change: workflowChangeSchema }),
        ]),
      ),
    ),
  /** What it was started from, to start it anew: everything but secrets, and of the files those that steps name. */
  launch: base.input(byId).output(workflowLaunchSchema),
  /** Every change of every workflow; starts with the newest 100. */
  watchList: base.output(
    eventIterator(
      z.discriminatedUnion('type', [
        z.object({ type: z.literal('all'), workflows: z.array(workflowSummarySchema) }),
        z.object({ type: z.literal('changed'), workflow: workflowSummarySchema }),
        z.object({ type: z.literal('removed'), id: z.string() }),
      ]),
    ),
  ),
  /** Stops what runs and starts nothing more. */
  stop: base.input(byId).output(z.object({})),
  /**
   * Runs a step and what depends on it again, with the results of the steps before as they are;
   * `input-invalid` while the workflow goes on, or with secrets missing that it needs.
   */
  retry: base
    .input(byId.extend({ step: z.string(), secrets: z.record(z.string(), z.string()).optional() }))
    .output(z.object({})),
  /** Forgets a workflow that is over; its runs stay. */
  remove: base.input(byId).output(z.object({})),
};
