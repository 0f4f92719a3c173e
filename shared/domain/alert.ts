/** Alerts: what a person should know without having to look for it (AUD-3). */
import * as z from 'zod';

/** Stable: settings, streams and other programs name alerts by these. */
export const ALERT_RULES = [
  'resource-exhaustion',
  'policy-violation',
  'startup-failure',
  'long-running',
  'image-age',
  'canary',
] as const;
export type AlertRule = (typeof ALERT_RULES)[number];

/** Least first. */
export const SEVERITIES = ['info', 'warning', 'error', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const alertSchema = z.object({
  /** Rises; the newest alert has the highest. */
  id: z.int().min(1),
  rule: z.enum(ALERT_RULES),
  severity: z.enum(SEVERITIES),
  /** One sentence for a person. */
  message: z.string(),
  /** The run to look at; null when it is about no run. */
  run: z.string().nullable(),
  /** What it is about: a script's name, a runtime. */
  subject: z.string(),
  /** How many times what it tells of has happened so far. */
  count: z.int().min(1),
  /** Epoch milliseconds of the first and the latest time. */
  firstAt: z.number(),
  lastAt: z.number(),
  read: z.boolean(),
});
export type Alert = z.infer<typeof alertSchema>;

/** What a desktop shows outside the app: one alert, or several of one rule that came close together. */
export const notificationSchema = z.object({
  rule: z.enum(ALERT_RULES),
  severity: z.enum(SEVERITIES),
  title: z.string(),
  body: z.string(),
  /** Where a click leads; null: to the list of alerts. */
  run: z.string().nullable(),
});
export type AlertNotification = z.infer<typeof notificationSchema>;
