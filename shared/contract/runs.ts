/** Launching, watching and steering runs. */
import { eventIterator } from '@orpc/contract';
import * as z from 'zod';
import { runDataSchema } from '../domain/exchange.ts';
import { findingSchema, riskSchema } from '../domain/finding.ts';
import { TRUST_LEVELS, TIERS } from '../domain/policy.ts';
import {
  RUNTIMES,
  peaksSchema,
  runEventSchema,
  runSummarySchema,
  sampleSchema,
  suggestionSchema,
  timingsSchema,
  violationSchema,
} from '../domain/run.ts';
import { base } from './errors.ts';

/** Limits on what one launch may carry; beyond them the launch is refused with `input-invalid`. */
export const LAUNCH_LIMITS = {
  /** Bytes of all files together. */
  files: 16 * 1024 * 1024,
  fileCount: 2000,
  /** Bytes of all arguments together (Linux: 128 KiB for one). */
  arguments: 1024 * 1024,
  argument: 128 * 1024 - 1,
  /** Bytes of all environment entries together. */
  environment: 256 * 1024,
  /** Bytes of stdin given at launch. */
  stdin: 10 * 1024 * 1024,
  /** Characters of a displayed name. */
  name: 255,
} as const;

export const scriptFileSchema = z.object({
  /** Path inside the working folder, `/` as separator. */
  path: z.string(),
  /** Content, base64. */
  content: z.string(),
  executable: z.boolean().optional(),
});

export const launchSchema = z.object({
  /** What the person calls it: the file's or folder's name. */
  name: z.string(),
  files: z.array(scriptFileSchema),
  /** Path of the file to run. */
  entry: z.string(),
  runtime: z.enum(RUNTIMES).optional(),
  trust: z.enum(TRUST_LEVELS).optional(),
  policy: z.string().optional(),
  /** Dotted field path → text with a unit, as `--set` takes it. */
  set: z.record(z.string(), z.string()).optional(),
  args: z.array(z.string()).optional(),
  env: z.record(z.string(), z.string()).optional(),
  /** Like env, but never recorded anywhere. */
  secrets: z.record(z.string(), z.string()).optional(),
  /** Text given as stdin; absent leaves stdin open for the terminal, null closes it. */
  stdin: z.string().nullable().optional(),
  /** Any JSON value; the script finds it in `/workspace/data/input.json`. */
  input: z.unknown().optional(),
  /** JSON values by name, in `/workspace/data/variables.json`. */
  variables: z.record(z.string(), z.unknown()).optional(),
  /** What set the run off, in `/workspace/data/event.json`. */
  eventMetadata: z.unknown().optional(),
  tty: z.boolean().optional(),
  /** The sandbox stays afterwards, sealed, for somebody to look into (RUN-14). */
  keep: z.boolean().optional(),
  /** Absolute folder that the script was read from on the core's machine; without one (a browser) mounts need absolute sources. */
  folder: z.string().optional(),
  /** The project's `bellglass.yaml`: the nearest one from the script's folder upwards, as it was read with the script. */
  project: z.object({ path: z.string(), text: z.string() }).optional(),
});
export type Launch = z.infer<typeof launchSchema>;

export const planFieldSchema = z.object({
  field: z.string(),
  label: z.string(),
  group: z.string(),
  /** As a person reads it, with unit. */
  value: z.string(),
  tier: z.enum(TIERS),
  /** `untrusted`, `settings`, `this run`. */
  source: z.string(),
  clampedFrom: z.string().optional(),
  /** The level's own value differs from this one. */
  changed: z.boolean(),
  enforcement: z.enum(['enforced', 'partly', 'not-here']),
  enforcementWhy: z.string(),
});
export type PlanField = z.infer<typeof planFieldSchema>;

export const scriptMarkSchema = z.object({
  /** 1-based. */
  line: z.number(),
  kind: z.enum(['network', 'process', 'delete', 'secret', 'encoded', 'files', 'eval']),
  severity: z.enum(['info', 'warn']),
  /** A few words: "connects to a host". */
  why: z.string(),
});
export type ScriptMark = z.infer<typeof scriptMarkSchema>;

export const planSchema = z.object({
  name: z.string(),
  runtime: z.enum(RUNTIMES),
  /** How the runtime was found: `extension .py`, `shebang`, `chosen`. */
  runtimeFrom: z.string(),
  level: z.enum(TRUST_LEVELS),
  policy: z.string(),
  /** SHA-256 of the policy file's text that this run is under; null for a bare level. */
  policyRevision: z.string().nullable().default(null),
  /** "No network · 64 MiB · ¼ core · 1 min · files read-only". */
  summary: z.string(),
  fields: z.array(planFieldSchema),
  /** The *what this allows* list. */
  allows: z.array(z.object({ allowed: z.boolean(), text: z.string() })),
  marks: z.array(scriptMarkSchema),
  /** Said before the run, with the smallest change that works. */
  warnings: z.array(z.object({ message: z.string(), suggestion: suggestionSchema.optional() })),
  /** Present: this cannot run as it is; `start` would be refused with the same error. */
  refusal: z
    .object({
      code: z.string(),
      message: z.string(),
      why: z.string().optional(),
      next: z.string().optional(),
      suggestion: suggestionSchema.optional(),
    })
    .nullable(),
  image: z.object({ reference: z.string(), present: z.boolean() }),
  /** What a reviewer would say about the effective policy (POL-6). */
  findings: z.array(findingSchema).default([]),
  risk: riskSchema.default({ score: 0, parts: [] }),
  /** The project file that took part; null without one. */
  project: z
    .object({
      path: z.string(),
      /** SHA-256 of its content, for `policies.approveProject`. */
      hash: z.string(),
      approved: z.boolean(),
      /** Not in force until it is approved. */
      heldBack: z.array(z.object({ field: z.string(), label: z.string(), asked: z.string(), kept: z.string() })),
    })
    .nullable()
    .default(null),
});
export type Plan = z.infer<typeof planSchema>;

/** One line of every level's summary, for the level cards. */
export const levelCardSchema = z.object({
  level: z.enum(TRUST_LEVELS),
  headline: z.string(),
  detail: z.string(),
  runnable: z.boolean(),
  whyNot: z.string(),
});

export const runDetailSchema = z.object({
  summary: runSummarySchema,
  plan: planSchema,
  /** Present from the state `finished` on. */
  timings: timingsSchema,
  peaks: peaksSchema,
  violations: z.array(violationSchema),
  samples: z.array(sampleSchema),
  events: z.array(runEventSchema),
  /** Milliseconds between samples, and why it is not 100 when it is not. */
  sampling: z.object({ everyMs: z.number(), why: z.string() }),
  output: z.object({
    kept: z.number(),
    dropped: z.number(),
    lines: z.number(),
    /** What the disk said when it refused some of it; absent when it took all. */
    refused: z.string().optional(),
  }),
  /** The script's text when it is text, at most 1 MiB. */
  script: z.string().nullable(),
  args: z.array(z.string()),
  /** What a person types can reach the script: it was given no input of its own, and nobody has ended it. Absent once it is over. */
  takesInput: z.boolean().optional(),
  /** What the script gave back; null until it was taken out of the sandbox, a moment after the verdict. */
  data: runDataSchema.nullable().default(null),
  container: z
    .object({
      id: z.string(),
      engine: z.string(),
      image: z.string(),
      /** It was started before the run was asked for; absent in runs of earlier versions, like `why`. */
      warm: z.boolean().optional(),
      /** Why it was, or was not. */
      why: z.string().optional(),
    })
    .nullable(),
});
export type RunDetail = z.infer<typeof runDetailSchema>;

/** A piece of output. `seq` is the byte offset after it in the kept output; acknowledge it when it was written. */
export const outputChunkSchema = z.object({
  seq: z.number(),
  stream: z.enum(['stdout', 'stderr']),
  /** Epoch milliseconds of arrival. */
  at: z.number(),
  text: z.string(),
});
export type OutputChunk = z.infer<typeof outputChunkSchema>;

/** The stream of a viewer: its id first (for `ack`), then chunks, then totals when the run has ended. */
export const outputMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('open'), viewer: z.string(), from: z.number() }),
  z.object({ type: z.literal('chunk'), chunk: outputChunkSchema }),
  /** Bytes that this viewer will not get because the ring moved on or the limit was passed. */
  z.object({ type: z.literal('gap'), bytes: z.number(), why: z.string() }),
  z.object({ type: z.literal('end'), kept: z.number(), dropped: z.number() }),
]);
export type OutputMessage = z.infer<typeof outputMessageSchema>;

/** What a viewer of the list of runs hears. */
export const listMessageSchema = z.discriminatedUnion('type', [
  /** The newest runs; `older`: how many the history has beside them. */
  z.object({ type: z.literal('all'), runs: z.array(runSummarySchema), limit: z.number(), older: z.number() }),
  z.object({ type: z.literal('changed'), run: runSummarySchema }),
  /** A run of the history that is not in the list was marked. */
  z.object({ type: z.literal('older'), run: runSummarySchema }),
  /** Ids of those that wait for their turn, next one first, and how many may run at once; sent when one of them changes. */
  z.object({ type: z.literal('queue'), ids: z.array(z.string()), limit: z.number() }),
  z.object({ type: z.literal('removed'), id: z.string() }),
]);
export type ListMessage = z.infer<typeof listMessageSchema>;

const byId = z.object({ id: z.string() });

export const runs = {
  plan: base.input(launchSchema).output(planSchema),
  levels: base.input(z.object({ runtime: z.enum(RUNTIMES) })).output(z.array(levelCardSchema)),
  start: base.input(launchSchema).output(byId),
  list: base.output(z.array(runSummarySchema)),
  /** Every change of every run, coalesced to one message per run and 100 ms; starts with the present list. */
  watchList: base.output(eventIterator(listMessageSchema)),
  get: base.input(byId).output(runDetailSchema),
  /** Everything that happens from now on, in batches of at most one per 16 ms; `get` first, then this with `after`. */
  watch: base.input(byId.extend({ after: z.number().optional() })).output(eventIterator(z.array(runEventSchema))),
  output: base.input(byId.extend({ from: z.number().optional() })).output(eventIterator(outputMessageSchema)),
  ack: base.input(z.object({ viewer: z.string(), seq: z.number() })).output(z.object({})),
  /** Whole kept output as text, for *Save*. */
  saveOutput: base.input(byId).output(z.object({ text: z.string() })),
  stdin: base.input(byId.extend({ data: z.string(), end: z.boolean().optional() })).output(z.object({})),
  resize: base.input(byId.extend({ columns: z.number(), rows: z.number() })).output(z.object({})),
  pause: base.input(byId).output(z.object({})),
  resume: base.input(byId).output(z.object({})),
  /**
   * One more allowed host from the script's next attempt on; `save` also adds it to the run's policy, whose name comes back.
   * `policy-invalid` for a rule that cannot be read, `input-invalid` for a run without network or a bare level to save to.
   */
  allow: base
    .input(byId.extend({ rule: z.string().max(2000), save: z.boolean().optional() }))
    .output(z.object({ policy: z.string().nullable() })),
  stop: base.input(byId).output(z.object({})),
  stopAll: base.output(z.object({ stopped: z.number() })),
  /** Puts a waiting run before another one, null: behind all. `input-invalid` when one of them does not wait for its turn. */
  reorder: base.input(byId.extend({ before: z.string().nullable() })).output(z.object({})),
  /** Values for exactly the secrets that a run waits for; kept nowhere. */
  giveSecrets: base.input(byId.extend({ secrets: z.record(z.string(), z.string()) })).output(z.object({})),
  remove: base.input(byId).output(z.object({})),
};
