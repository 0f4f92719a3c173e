/** Finding, marking, comparing and counting runs of the past (RUN-12). */
import { eventIterator } from '@orpc/contract';
import * as z from 'zod';
import { runSummarySchema } from '../domain/run.ts';
import { givenAgainSchema } from '../history/again.ts';
import { base } from './errors.ts';
import { insightsRequestSchema, insightsSchema } from './insights.ts';

/** Limits on what a person may write to a run. */
export const MARK_LIMITS = { note: 10_000, tag: 40, tags: 20, ids: 1000 } as const;
/** Lines of one page. */
export const PAGE_MAX = 500;
/** Counting stops here; more is said as "more than". */
export const COUNT_MAX = 10_000;

export const filterProblemSchema = z.object({
  /** Characters from 0. */
  at: z.number(),
  length: z.number(),
  message: z.string(),
  fix: z.string(),
});

export const tagSchema = z
  .string()
  .regex(/^[^\s,:"]+$/, 'A tag is one word without comma, colon or quotation mark.')
  .max(MARK_LIMITS.tag);

export const savedFilterSchema = z.object({ name: z.string().min(1).max(60), filter: z.string().min(1).max(1000) });
export type SavedFilter = z.infer<typeof savedFilterSchema>;

/** Whether what runs is kept. */
export const historyHealthSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('whole') }),
  /** The disk refuses; so many runs are kept in memory until it takes them. */
  z.object({ state: z.literal('unwritten'), runs: z.number(), why: z.string() }),
  /** The file at `path` is not a whole database any more; `inMemory`: nothing of it can be read, and what runs now is kept in memory. */
  z.object({ state: z.literal('damaged'), path: z.string(), why: z.string(), inMemory: z.boolean() }),
]);
export type HistoryHealth = z.infer<typeof historyHealthSchema>;

export const USAGE_KEYS = ['policy', 'project', 'day', 'runtime', 'outcome'] as const;

/** Totals of the runs that share one value; times in milliseconds, memory in bytes. */
export const usageRowSchema = z.object({
  key: z.string(),
  runs: z.number(),
  succeeded: z.number(),
  violations: z.number(),
  wallTime: z.number(),
  cpuTime: z.number(),
  peakMemory: z.number(),
});
export type UsageRow = z.infer<typeof usageRowSchema>;

const ids = z.array(z.string()).min(1).max(MARK_LIMITS.ids);

export const history = {
  /** Newest first. A filter with problems finds nothing and says where they are. */
  page: base
    .input(
      z.object({
        filter: z.string(),
        /** Id of the last line of the page before. */
        before: z.string().optional(),
        limit: z.number().int().min(1).max(PAGE_MAX),
      }),
    )
    .output(z.object({ runs: z.array(runSummarySchema), problems: z.array(filterProblemSchema) })),
  /** How many fit; `more` when counting stopped at `COUNT_MAX`. */
  count: base.input(z.object({ filter: z.string() })).output(z.object({ count: z.number(), more: z.boolean() })),
  mark: base
    .input(
      z.object({
        ids,
        pinned: z.boolean().optional(),
        tags: z.array(tagSchema).max(MARK_LIMITS.tags).optional(),
        note: z.string().max(MARK_LIMITS.note).optional(),
      }),
    )
    .output(z.object({ marked: z.number() })),
  /** Runs that still go on stay. */
  remove: base.input(z.object({ ids })).output(z.object({ removed: z.number() })),
  /** What a run was given, to run it again; `input-invalid` for no such run, `storage` when not even its script is kept. */
  launch: base.input(z.object({ id: z.string() })).output(givenAgainSchema),
  /** The present state first, then each change. */
  watchHealth: base.output(eventIterator(historyHealthSchema)),
  /** Puts a damaged history aside, where `aside` says, and goes on with a fresh one; `input-invalid` for a whole one. */
  startFresh: base.output(z.object({ aside: z.string() })),
  filters: base.output(z.array(savedFilterSchema)),
  saveFilter: base.input(savedFilterSchema).output(z.object({})),
  removeFilter: base.input(z.object({ name: z.string() })).output(z.object({})),
  usage: base
    .input(z.object({ by: z.enum(USAGE_KEYS), filter: z.string() }))
    .output(z.object({ rows: z.array(usageRowSchema), problems: z.array(filterProblemSchema) })),
  /** Finished runs counted over time: what came of them, why, and how long they took to start (AUD-4). */
  insights: base.input(insightsRequestSchema).output(insightsSchema),
  /** Runs that fit as one text; JSON and CSV hold one run a line or row, HTML is a page without scripts. */
  exportRuns: base
    .input(z.object({ filter: z.string(), form: z.enum(['json', 'csv', 'html']) }))
    .output(z.object({ text: z.string(), runs: z.number() })),
};
