/** What a reviewer would say about an effective policy (POL-6). */
import * as z from 'zod';
import { FIELD_NAME } from './policy.ts';
import { suggestionSchema } from './run.ts';

export const SEVERITIES = ['info', 'warning', 'danger'] as const;

/** One lint rule that fired. */
export const findingSchema = z.object({
  /** Stable id of the rule: `scratch-exceeds-memory`. */
  rule: z.string(),
  severity: z.enum(SEVERITIES),
  /** The field it is shown beside. */
  field: FIELD_NAME,
  /** What was found, one sentence with the values. */
  message: z.string(),
  /** Why it matters, one sentence. */
  reason: z.string(),
  /** Where the rule comes from: a standard, an advisory, a measurement of ours. */
  reference: z.string(),
  /** The smallest change that makes the finding go away. */
  fix: suggestionSchema.nullable(),
});
export type Finding = z.infer<typeof findingSchema>;

export const RISK_GROUPS = ['network', 'files', 'privileges', 'resources'] as const;

/** One summand of the risk score, in whole points. */
export const riskPartSchema = z.object({
  group: z.enum(RISK_GROUPS),
  field: FIELD_NAME,
  points: z.number(),
  why: z.string(),
});
export type RiskPart = z.infer<typeof riskPartSchema>;

/** 0 (nothing but a little time and memory) to 100; the parts add up to it before the cap at 100. */
export const riskSchema = z.object({ score: z.number(), parts: z.array(riskPartSchema) });
export type Risk = z.infer<typeof riskSchema>;
