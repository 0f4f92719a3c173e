/** Runs: states, outcomes, events and what is kept of them (RUN-2, RUN-7). */
import * as z from 'zod';
import { networkEventSchema } from './network.ts';
import { TRUST_LEVELS } from './policy.ts';
import { ALERT_RULES, SEVERITIES } from './alert.ts';

export const RUNTIMES = ['python', 'node', 'bash', 'polyglot'] as const;
export type Runtime = (typeof RUNTIMES)[number];

export const RUN_STATES = ['queued', 'preparing', 'starting', 'running', 'paused', 'finishing', 'finished'] as const;
export const runStateSchema = z.enum(RUN_STATES);
export type RunState = z.infer<typeof runStateSchema>;

export const OUTCOMES = [
  'succeeded',
  'failed',
  'timed-out',
  'out-of-memory',
  'limit-exceeded',
  'cancelled',
  'engine-lost',
  'engine-error',
] as const;
export const outcomeSchema = z.enum(OUTCOMES);
export type Outcome = z.infer<typeof outcomeSchema>;

/** Kinds of violation (spec, Words). */
export const VIOLATION_KINDS = [
  'memory',
  'child-memory',
  'cpu-time',
  'wall-time',
  'processes',
  'open-files',
  'scratch',
  'output',
  'disk-rate',
  'network',
  'path',
  'syscall',
  'canary',
] as const;
export const violationKindSchema = z.enum(VIOLATION_KINDS);
export type ViolationKind = z.infer<typeof violationKindSchema>;

/** One reading of a sandbox's counters. Absent means that this engine cannot tell. */
export const sampleSchema = z.object({
  /** Milliseconds since the script started. */
  at: z.number(),
  /** Resident and tmpfs bytes charged to the sandbox, less its page cache that can be dropped. */
  memory: z.number(),
  /** Percent of one core since the sample before. */
  cpu: z.number(),
  /** CPU time used so far, ms. */
  cpuTime: z.number(),
  /** Share of scheduling periods in which the script was throttled since the sample before, 0 to 1. */
  throttled: z.number().optional(),
  /** Tasks (threads count), without the warden. */
  processes: z.number(),
  openFiles: z.number().optional(),
  /** Bytes per second. */
  diskRead: z.number().optional(),
  diskWrite: z.number().optional(),
  networkIn: z.number().optional(),
  networkOut: z.number().optional(),
  /** Bytes used in the scratch. */
  scratch: z.number().optional(),
});
export type Sample = z.infer<typeof sampleSchema>;

export const peaksSchema = z.object({
  memory: z.number(),
  cpu: z.number(),
  cpuTime: z.number(),
  processes: z.number(),
  openFiles: z.number().optional(),
  scratch: z.number().optional(),
  output: z.number(),
});
export type Peaks = z.infer<typeof peaksSchema>;

export const violationSchema = z.object({
  at: z.number(),
  kind: violationKindSchema,
  /** One sentence for a person. */
  message: z.string(),
  /** The policy line that decided, e.g. `resources.memory: 64 MiB (untrusted)`. */
  rule: z.string().optional(),
  /** How many times so far; the first is 1. */
  count: z.number(),
});
export type Violation = z.infer<typeof violationSchema>;

/** Milliseconds of each phase that was reached. `firstByte` counts from the click, like all others. */
export const timingsSchema = z.object({
  queued: z.number().optional(),
  prepare: z.number().optional(),
  /** Taking a sandbox that waited; absent in a run for which one was created. */
  claim: z.number().optional(),
  create: z.number().optional(),
  inject: z.number().optional(),
  firstByte: z.number().optional(),
  script: z.number().optional(),
  /** Taking its files out, after the verdict. */
  extract: z.number().optional(),
  total: z.number().optional(),
});
export type Timings = z.infer<typeof timingsSchema>;

/** A smallest change that would let the script pass, offered as one click: field path and value as `--set` takes it. */
export const suggestionSchema = z.object({ label: z.string(), set: z.record(z.string(), z.string()) });
export type Suggestion = z.infer<typeof suggestionSchema>;

export const verdictSchema = z.object({
  outcome: outcomeSchema,
  /** The script's own exit code; null when it never ended by itself. */
  exitCode: z.number().nullable(),
  /** Why, in one sentence. */
  reason: z.string(),
  /** The policy line that decided, if one did. */
  rule: z.string().nullable(),
  /** What the person can do next, in one sentence; empty when nothing is needed. */
  next: z.string(),
  suggestions: z.array(suggestionSchema),
});
export type Verdict = z.infer<typeof verdictSchema>;

/** One line of the run list. */
/** Of which workflow a run is a step (WF-1). */
export const workflowOfRunSchema = z.object({ id: z.string(), workflow: z.string(), step: z.string() });
export type WorkflowOfRun = z.infer<typeof workflowOfRunSchema>;

export const runSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  runtime: z.enum(RUNTIMES),
  level: z.enum(TRUST_LEVELS),
  /** The policy's name and how many values differ from its level. */
  policy: z.string(),
  overrides: z.number(),
  state: runStateSchema,
  /** What a queued run waits for, else absent. */
  waitsFor: z.string().optional(),
  /** Names of secrets that it waits for: it came back with a restart, and their values are kept nowhere. */
  secretsWanted: z.array(z.string()).optional(),
  createdAt: z.number(),
  startedAt: z.number().nullable(),
  finishedAt: z.number().nullable(),
  memoryLimit: z.number(),
  wallLimit: z.number(),
  peakMemory: z.number(),
  /** Milliseconds from the click to the first output; absent before it and without any. */
  firstByte: z.number().optional(),
  /** At most 48 memory readings over the whole run, for the sparkline. */
  sparkline: z.array(z.number()),
  violations: z.number(),
  /** Kinds of violation that occurred, each once. */
  violationKinds: z.array(violationKindSchema).default([]),
  /** What the person made of it: kept from retention, found by, remembered. */
  pinned: z.boolean().default(false),
  tags: z.array(z.string()).default([]),
  note: z.string().default(''),
  workflow: workflowOfRunSchema.nullable().default(null),
  verdict: verdictSchema.nullable(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

/** What happens to a run, in order; `at` is epoch milliseconds. */
export const runEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('state'), at: z.number(), state: runStateSchema, why: z.string().optional() }),
  z.object({ type: z.literal('sample'), at: z.number(), sample: sampleSchema }),
  z.object({ type: z.literal('violation'), at: z.number(), violation: violationSchema }),
  z.object({ type: z.literal('warning'), at: z.number(), kind: violationKindSchema, message: z.string() }),
  z.object({
    type: z.literal('note'),
    at: z.number(),
    message: z.string(),
    /** What changed with the network: a rule that is in force from here on, or a gateway that is gone. */
    network: z.union([z.object({ allowed: z.string() }), z.object({ closed: z.literal(true) })]).optional(),
    /** Milliseconds that the computer slept until now, which do not count as time of the run. */
    slept: z.number().optional(),
  }),
  networkEventSchema.extend({ type: z.literal('network'), at: z.number() }),
  /** Something that a person should know, told beside the run too (AUD-3). */
  z.object({
    type: z.literal('alert'),
    at: z.number(),
    rule: z.enum(ALERT_RULES),
    severity: z.enum(SEVERITIES),
    message: z.string(),
  }),
  /** What the script told of itself with the helper's `event`. */
  z.object({ type: z.literal('event'), at: z.number(), name: z.string(), data: z.json() }),
  z.object({
    type: z.literal('finished'),
    at: z.number(),
    verdict: verdictSchema,
    timings: timingsSchema,
    peaks: peaksSchema,
  }),
]);
export type RunEvent = z.infer<typeof runEventSchema>;
