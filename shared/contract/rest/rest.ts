/** The REST API (HOST-3): paths, bodies, answers. The server validates by it, the OpenAPI document is made from it, the client is typed by it. */
import { oc } from '@orpc/contract';
import * as z from 'zod';
import { ERROR_CODES } from '../../lib/app-error.ts';
import { outcomeSchema, peaksSchema, runStateSchema, violationSchema } from '../../domain/run.ts';
import { TRUST_LEVELS } from '../../domain/policy.ts';
import { documented, LOCATION, text } from './documented.ts';
import { restWorkflows } from './rest-workflows.ts';
import { begunOf, fileSchema, idempotencyKey, idParams } from './parts.ts';

/** Limits of one request, beside those of a launch. */
export const REST_LIMITS = {
  /** Bytes of a body: files, script, input and stdin at their largest, in base64 or escaped. */
  body: 48 * 1024 * 1024,
  /** Bytes of all bodies that are read or checked at one time. */
  bodies: 192 * 1024 * 1024,
  /** Bytes of `logs` in a status; all of it is at `/output`. */
  logs: 256 * 1024,
} as const;

/** RFC 9457. */
export const problemSchema = z
  .object({
    type: z.literal('about:blank'),
    /** What happened, one sentence. */
    title: z.string(),
    status: z.number().int(),
    /** Stable: programs may switch on it. */
    code: z.enum(ERROR_CODES),
    /** The likely cause. */
    why: z.string().optional(),
    /** What to do. */
    next: z.string().optional(),
  })
  .meta({ description: 'Why the request was refused (application/problem+json).' });
export type RestProblem = z.infer<typeof problemSchema>;

const json = z.unknown();

export const executeSchema = z.strictObject({
  id: idempotencyKey('run'),
  script: z.string().min(1).meta({ description: 'The script’s text; it runs as given.' }),
  language: z.string().max(40).optional().meta({
    description: '`python`, `node`, `bash`, `polyglot` or an alias; without it the first line (`#!`) decides.',
  }),
  timeout: z
    .union([z.number().positive().max(1e9), z.string().max(40)])
    .optional()
    .meta({
      description: 'Wall time: milliseconds, or text with a unit (`30 s`). The same as `set` of `resources.wall_time`.',
    }),
  input: json.optional().meta({ description: 'Any JSON: the script finds it in `data/input.json`.' }),
  variables: z
    .record(z.string(), json)
    .optional()
    .meta({ description: 'The script finds them in `data/variables.json`.' }),
  eventMetadata: json
    .optional()
    .meta({ description: 'What caused the run: the script finds it in `data/event.json`.' }),
  policy: z.string().max(80).optional().meta({ description: 'A policy or trust level that the token allows.' }),
  trust: z.enum(TRUST_LEVELS).optional().meta({ description: 'Replaces the base level of the policy.' }),
  set: z
    .record(z.string(), z.string())
    .optional()
    .meta({ description: 'Dotted policy field → text with unit. Loosens only up to the ceilings of the token.' }),
  args: z.array(z.string()).optional(),
  env: z.record(z.string(), z.string()).optional(),
  secrets: z
    .record(z.string(), z.string())
    .optional()
    .meta({ description: 'Like `env`; never kept, logged or given back.' }),
  files: z.array(fileSchema).optional().meta({ description: 'Beside the script, in the working folder.' }),
  stdin: z.string().nullable().optional().meta({ description: 'What the script reads; nothing without it.' }),
  keep: z.boolean().optional().meta({
    description: 'Keep the sandbox when the run has ended, sealed, for a person with `bellglass kept`.',
  }),
});
export type ExecuteRequest = z.input<typeof executeSchema>;
export type ParsedExecute = z.output<typeof executeSchema>;

export const statusSchema = z.object({
  id: z.string(),
  state: runStateSchema,
  waitsFor: z.string().nullable().meta({ description: 'What a queued run waits for.' }),
  success: z.boolean().nullable().meta({ description: 'Null until the run has ended.' }),
  outcome: outcomeSchema.nullable(),
  exitCode: z.number().int().nullable(),
  output: json.meta({
    description:
      'What the script wrote to `output/output.json`; null without one, and above 256 KiB: then it is at `/runs/{id}/files/output.json`.',
  }),
  error: z
    .object({ message: z.string(), rule: z.string().nullable(), next: z.string() })
    .nullable()
    .meta({ description: 'Why it did not succeed, the policy line that decided, and what to do.' }),
  logs: z.string().meta({ description: 'What it printed, both streams in order; the first 256 KiB.' }),
  logsComplete: z
    .boolean()
    .meta({ description: 'False while it runs, and when there is more: see `/runs/{id}/output`.' }),
  duration: z.number().nullable().meta({ description: 'Milliseconds from the script’s start to its end.' }),
  variables: z
    .record(z.string(), json)
    .nullable()
    .meta({ description: 'What the script left in `output/variables.json`; null without one.' }),
  condition: z
    .boolean()
    .nullable()
    .meta({ description: 'What the script decided in `output/condition.json`; null without one.' }),
  files: z
    .array(z.object({ path: z.string(), size: z.number() }))
    .meta({ description: 'What the script left in `output/`: each is at `/runs/{id}/files/{path}`.' }),
  problems: z
    .array(z.string())
    .meta({ description: 'What could not be taken out or read of what the script gave back, in words.' }),
  violations: z.array(violationSchema),
  peaks: peaksSchema,
  policy: z.string(),
  level: z.enum(TRUST_LEVELS),
  kept: z.boolean().meta({ description: 'Its sandbox is kept, sealed.' }),
});
export type RestStatus = z.infer<typeof statusSchema>;

export const healthSchema = z.object({
  status: z.enum(['ok', 'no-engine']),
  engine: z.enum(['ready', 'searching', 'starting', 'none', 'lost']),
  version: z.string(),
});
export type RestHealth = z.infer<typeof healthSchema>;

export const rest = {
  execute: oc
    .route({
      method: 'POST',
      path: '/execute',
      operationId: 'execute',
      summary: 'Run a script',
      inputStructure: 'detailed',
      outputStructure: 'detailed',
      successStatus: 202,
      spec: documented([400, 409, 413, 415, 422, 429, 502, 503], { '200': LOCATION, '202': LOCATION }),
    })
    .input(
      z.object({
        query: z.object({
          wait: z.string().max(40).optional().meta({
            description:
              'Present: answer when the run has ended. With a time (`10 s`): at most so long, then 202. A connection that is cut leaves the run going.',
          }),
        }),
        body: executeSchema,
      }),
    )
    .output(begunOf(statusSchema)),
  status: oc
    .route({
      method: 'GET',
      path: '/status/{id}',
      operationId: 'status',
      summary: 'What is known of a run',
      inputStructure: 'detailed',
      spec: documented([404]),
    })
    .input(z.object({ params: idParams }))
    .output(statusSchema),
  cancel: oc
    .route({
      method: 'DELETE',
      path: '/cancel/{id}',
      operationId: 'cancel',
      summary: 'Stop a run; one that has ended stays as it is',
      inputStructure: 'detailed',
      spec: documented([404]),
    })
    .input(z.object({ params: idParams }))
    .output(statusSchema),
  events: oc
    .route({
      method: 'GET',
      path: '/runs/{id}/events',
      operationId: 'events',
      summary: 'What happens to a run, as server-sent events',
      description:
        'Every event has an id: send the last one as `Last-Event-ID` to go on behind it. The stream ends with the run; after its last event 204 is answered. The samples of a run are sent while it goes on.',
      inputStructure: 'detailed',
      spec: documented([400, 404], {
        ...text('text/event-stream', 'One event per change; `event` is its type, `data` the event as JSON.'),
        '204': { description: 'The run has ended, and nothing came after `Last-Event-ID`.' },
      }),
    })
    .input(z.object({ params: idParams, headers: z.object({ 'last-event-id': z.string().optional() }) })),
  output: oc
    .route({
      method: 'GET',
      path: '/runs/{id}/output',
      operationId: 'output',
      summary: 'What a run prints, as it prints it',
      inputStructure: 'detailed',
      spec: documented([400, 404], text('text/plain', 'Everything kept, then what follows, until the run ends.')),
    })
    .input(
      z.object({
        params: idParams,
        query: z.object({
          stream: z.enum(['stdout', 'stderr']).optional().meta({ description: 'Without it both, in order.' }),
        }),
      }),
    ),
  file: oc
    .route({
      method: 'GET',
      path: '/runs/{id}/files/{+path}',
      operationId: 'file',
      summary: 'A file that the run left in `output/`',
      inputStructure: 'detailed',
      spec: documented([404], text('application/octet-stream', 'The file.')),
    })
    .input(z.object({ params: idParams.extend({ path: z.string() }) })),
  ...restWorkflows,
  health: oc
    .route({
      method: 'GET',
      path: '/health',
      operationId: 'health',
      summary: 'Whether runs can start; needs no token',
      spec: documented(
        [],
        {
          '503': {
            description: 'No engine.',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Health' } } },
          },
        },
        true,
      ),
    })
    .output(healthSchema),
  metrics: oc.route({
    method: 'GET',
    path: '/metrics',
    operationId: 'metrics',
    summary: 'Metrics in Prometheus’ text format (AUD-4)',
    spec: documented([], text('text/plain', 'Counters, gauges and histograms whose names begin with `bellglass_`.')),
  }),
  document: oc.route({
    method: 'GET',
    path: '/openapi.json',
    operationId: 'document',
    summary: 'This document',
    spec: documented([], {
      '200': { description: 'OpenAPI 3.1.', content: { 'application/json': { schema: { type: 'object' } } } },
    }),
  }),
};
export type RestContract = typeof rest;
