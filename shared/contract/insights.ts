/** What many runs amount to (AUD-4). */
import * as z from 'zod';
import { OUTCOMES, outcomeSchema, RUNTIMES, VIOLATION_KINDS } from '../domain/run.ts';

export const INSIGHT_RANGES = ['24h', '7d', '30d', 'all'] as const;
export type InsightRange = (typeof INSIGHT_RANGES)[number];

/** Phases of a run's start in their order, then the script itself. */
export const INSIGHT_PHASES = ['queued', 'prepare', 'claim', 'create', 'inject', 'script', 'extract'] as const;
export type InsightPhase = (typeof INSIGHT_PHASES)[number];

export const insightsRequestSchema = z.object({
  range: z.enum(INSIGHT_RANGES),
  /** Only runs of these. */
  policy: z.string().optional(),
  runtime: z.enum(RUNTIMES).optional(),
  rule: z.string().optional(),
});
export type InsightsRequest = z.infer<typeof insightsRequestSchema>;

const counted = { key: z.string(), runs: z.number() };

/** A stretch of time, `from` included, `to` not, in epoch milliseconds. */
export const insightBucketSchema = z.object({
  from: z.number(),
  to: z.number(),
  runs: z.number(),
  outcomes: z.partialRecord(z.enum(OUTCOMES), z.number()),
  /** Runs in which it happened at least once. */
  kinds: z.partialRecord(z.enum(VIOLATION_KINDS), z.number()),
});
export type InsightBucket = z.infer<typeof insightBucketSchema>;

export const insightsSchema = z.object({
  from: z.number(),
  to: z.number(),
  /** Finished ones that began in this time. */
  runs: z.number(),
  succeeded: z.number(),
  buckets: z.array(insightBucketSchema),
  /** Of runs that did not succeed, most frequent first. */
  reasons: z.array(z.object({ ...counted, outcome: outcomeSchema })),
  rules: z.array(z.object(counted)),
  policies: z.array(z.object({ ...counted, succeeded: z.number() })),
  runtimes: z.array(z.object({ ...counted, succeeded: z.number() })),
  /** From the click to the first output, in milliseconds; the last `to` is null: no end. */
  startup: z.array(z.object({ from: z.number(), to: z.number().nullable(), runs: z.number() })),
  startupMedian: z.number().nullable(),
  /** Milliseconds, read off counts in stretches: near, not exact. */
  phases: z.array(
    z.object({ phase: z.enum(INSIGHT_PHASES), runs: z.number(), median: z.number(), slowest: z.number() }),
  ),
  /** What can be chosen from, whatever is chosen now. */
  choices: z.object({ policies: z.array(z.string()), rules: z.array(z.string()) }),
});
export type Insights = z.infer<typeof insightsSchema>;
