/** Workflows over REST (HOST-3, WF-1): begun, looked at, stopped. A step's run is a run like any other of the token. */
import { oc } from '@orpc/contract';
import * as z from 'zod';
import { TRUST_LEVELS } from '../../domain/policy.ts';
import { outcomeSchema } from '../../domain/run.ts';
import { WORKFLOW_LIMITS, WORKFLOW_OUTCOMES, stepStateSchema } from '../../domain/workflow.ts';
import { documented, LOCATION } from './documented.ts';
import { begunOf, fileSchema, idempotencyKey, idParams } from './parts.ts';

const json = z.unknown();

export const startWorkflowSchema = z.strictObject({
  id: idempotencyKey('workflow'),
  file: z.string().min(1).meta({
    description:
      'The text of a workflow file (YAML). What it says about limits only tightens what the token allows, whoever approved such a file.',
  }),
  workflow: z
    .string()
    .max(WORKFLOW_LIMITS.id)
    .optional()
    .meta({ description: 'Which one, where the file has several.' }),
  scripts: z.array(fileSchema).optional().meta({ description: 'Scripts that steps name as `script`.' }),
  input: json.optional().meta({ description: 'Any JSON: steps that have none of their own get it.' }),
  variables: z.record(z.string(), json).optional().meta({ description: 'The first values of its variables.' }),
  policy: z.string().max(80).optional().meta({ description: 'A policy or trust level that the token allows.' }),
  trust: z.enum(TRUST_LEVELS).optional().meta({ description: 'Replaces the base level of the policy.' }),
  set: z.record(z.string(), z.string()).optional().meta({
    description: 'Dotted policy field → text with unit, for every step. Loosens only up to the ceilings of the token.',
  }),
  env: z.record(z.string(), z.string()).optional(),
  secrets: z
    .record(z.string(), z.string())
    .optional()
    .meta({ description: 'A step gets those that it names; never kept, logged or given back.' }),
});
export type StartWorkflowRequest = z.input<typeof startWorkflowSchema>;
export type ParsedStartWorkflow = z.output<typeof startWorkflowSchema>;

export const workflowStatusSchema = z.object({
  id: z.string(),
  workflow: z.string(),
  state: z.enum(['running', 'finished']),
  success: z.boolean().nullable().meta({ description: 'Null until every step has ended.' }),
  outcome: z.enum(WORKFLOW_OUTCOMES).nullable(),
  steps: z.array(
    z.object({
      id: z.string(),
      state: stepStateSchema,
      why: z.string().meta({ description: 'Why it was skipped, not reached or failed; else empty.' }),
      run: z
        .string()
        .nullable()
        .meta({ description: 'Its newest run: `/status/{run}`, `/runs/{run}/output` and the others take it.' }),
      outcome: outcomeSchema.nullable().meta({ description: 'Of that run.' }),
    }),
  ),
  variables: z
    .record(z.string(), z.json())
    .meta({ description: 'As the steps have left them; a large one is told by its size.' }),
  warnings: z
    .array(z.string())
    .meta({ description: 'What of the file is not in force, and what else is worth a look.' }),
  duration: z.number().nullable().meta({ description: 'Milliseconds from its start to the end of its last step.' }),
});
export type RestWorkflow = z.infer<typeof workflowStatusSchema>;

export const restWorkflows = {
  startWorkflow: oc
    .route({
      method: 'POST',
      path: '/workflows',
      operationId: 'startWorkflow',
      summary: 'Run a workflow',
      description:
        'Every step is a run of the token: each counts for its runs a minute, and those that could go on side by side for its runs at once.',
      inputStructure: 'detailed',
      outputStructure: 'detailed',
      successStatus: 202,
      spec: documented([400, 409, 413, 415, 422, 429, 502, 503], { '200': LOCATION, '202': LOCATION }),
    })
    .input(
      z.object({
        query: z.object({
          wait: z.string().max(40).optional().meta({ description: 'As for `/execute`.' }),
        }),
        body: startWorkflowSchema,
      }),
    )
    .output(begunOf(workflowStatusSchema)),
  workflow: oc
    .route({
      method: 'GET',
      path: '/workflows/{id}',
      operationId: 'workflow',
      summary: 'How far a workflow is, and what came of its steps',
      inputStructure: 'detailed',
      spec: documented([404]),
    })
    .input(z.object({ params: idParams }))
    .output(workflowStatusSchema),
  stopWorkflow: oc
    .route({
      method: 'DELETE',
      path: '/workflows/{id}',
      operationId: 'stopWorkflow',
      summary: 'Stop a workflow; one that has ended stays as it is',
      inputStructure: 'detailed',
      spec: documented([404]),
    })
    .input(z.object({ params: idParams }))
    .output(workflowStatusSchema),
};
