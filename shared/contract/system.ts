/** The app itself: engine, images, settings, samples, self-check. */
import { eventIterator } from '@orpc/contract';
import * as z from 'zod';
import { attemptSchema, engineStatusSchema } from '../domain/engine.ts';
import { RUNTIMES } from '../domain/run.ts';
import { TRUST_LEVELS } from '../domain/policy.ts';
import { base } from './errors.ts';
import { poolStatusSchema } from './pool.ts';

export const doctorSchema = z.object({
  app: z.object({
    version: z.string(),
    node: z.string(),
    platform: z.string(),
    host: z.enum(['desktop', 'web', 'cli']),
    home: z.string(),
    hostWhy: z.string(),
  }),
  status: engineStatusSchema,
  attempts: z.array(attemptSchema),
  /** One row per policy field. */
  enforcement: z.array(
    z.object({
      field: z.string(),
      label: z.string(),
      group: z.string(),
      state: z.enum(['enforced', 'partly', 'not-here']),
      why: z.string(),
      fix: z.string().optional(),
    }),
  ),
});
export type Doctor = z.infer<typeof doctorSchema>;

export const imageCardSchema = z.object({
  runtime: z.enum(RUNTIMES),
  reference: z.string(),
  state: z.enum(['ready', 'stale', 'missing', 'building', 'failed']),
  size: z.number(),
  created: z.number().nullable(),
  version: z.string(),
  inputs: z.string(),
  contents: z.array(z.string()),
  error: z.string().optional(),
});
export type ImageCard = z.infer<typeof imageCardSchema>;

export const buildProgressSchema = z.object({
  runtime: z.string(),
  step: z.string(),
  done: z.number(),
  of: z.number(),
  line: z.string().optional(),
  elapsedMs: z.number(),
  state: z.enum(['running', 'done', 'failed']),
  error: z.string().optional(),
});
export type BuildProgress = z.infer<typeof buildProgressSchema>;

export const sampleScriptSchema = z.object({
  id: z.string(),
  title: z.string(),
  runtime: z.enum(RUNTIMES),
  /** Path of the script inside the sample. */
  entry: z.string(),
  trust: z.enum(TRUST_LEVELS),
  /** What it will try. */
  tries: z.string(),
  /** What should happen. */
  expect: z.string(),
  text: z.string(),
});
export type SampleScript = z.infer<typeof sampleScriptSchema>;

export const selfCheckLineSchema = z.object({
  id: z.string(),
  title: z.string(),
  ok: z.boolean(),
  detail: z.string(),
  ms: z.number(),
});
export type SelfCheckLine = z.infer<typeof selfCheckLineSchema>;

export const settingSchema = z.object({
  key: z.string(),
  label: z.string(),
  help: z.string(),
  group: z.string(),
  /** As typed in the file, with unit. */
  value: z.string(),
  /** `default`, `file` or the environment variable that sets it (then it cannot be edited here). */
  source: z.string(),
  kind: z.enum(['text', 'number', 'boolean', 'choice', 'duration', 'bytes', 'list']),
  choices: z.array(z.string()).optional(),
  error: z.string().optional(),
});
export type Setting = z.infer<typeof settingSchema>;

export const system = {
  doctor: base.output(doctorSchema),
  watchEngine: base.output(eventIterator(engineStatusSchema)),
  /** Looks again; `choose` remembers an attempt's id (null: automatic), `startPrivate` starts one of our own. */
  retryEngine: base
    .input(z.object({ choose: z.string().nullable().optional(), startPrivate: z.boolean().optional() }))
    .output(engineStatusSchema),
  images: base.output(z.array(imageCardSchema)),
  buildImages: base
    .input(z.object({ runtimes: z.array(z.enum(RUNTIMES)).optional(), force: z.boolean().optional() }))
    .output(eventIterator(buildProgressSchema)),
  /** Sandboxes that wait for a run. */
  pool: base.output(poolStatusSchema),
  samples: base.output(z.array(sampleScriptSchema)),
  settings: base.output(z.object({ path: z.string(), error: z.string().nullable(), settings: z.array(settingSchema) })),
  setSetting: base.input(z.object({ key: z.string(), value: z.string().nullable() })).output(z.object({})),
  selfCheck: base.output(eventIterator(selfCheckLineSchema)),
  /** A file the host was started with (`npm start -- FILE`, a double click), handed over once. */
  takeOpened: base.output(
    z
      .object({
        name: z.string(),
        entry: z.string(),
        files: z.array(z.object({ path: z.string(), content: z.string(), executable: z.boolean().optional() })),
        project: z.object({ path: z.string(), text: z.string() }).optional(),
      })
      .nullable(),
  ),
};
