/** What the audit says, whether it is whole, and files of it (AUD-1). */
import { eventIterator } from '@orpc/contract';
import * as z from 'zod';
import { auditRecordSchema } from '../audit/record.ts';
import { base } from './errors.ts';
import { filterProblemSchema } from './history.ts';

/** Records of one page. */
export const AUDIT_PAGE_MAX = 500;

/** One line of the audit's file. */
export const auditRowSchema = z.object({
  /** Where the line begins, in bytes: its name, and what a page is asked by. */
  at: z.int().min(0),
  /** Null: the line is no record. */
  record: auditRecordSchema.nullable(),
  /** Only of a line that is no record: its first 500 characters. */
  text: z.string(),
});
export type AuditRow = z.infer<typeof auditRowSchema>;

export const auditPageSchema = z.object({
  /** Newest first. */
  rows: z.array(auditRowSchema),
  /** Ask on with it as `before`; null when the beginning was reached. A page can be empty and still go on. */
  next: z.int().nullable(),
  /** Bytes of the file. */
  size: z.int(),
  problems: z.array(filterProblemSchema),
});
export type AuditPage = z.infer<typeof auditPageSchema>;

const state = { records: z.int(), size: z.int() };

/** `state` comes first; `replaced`: what was there before is no longer sure, ask for everything anew. */
export const auditMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('state'), ...state, path: z.string() }),
  z.object({ type: z.literal('rows'), ...state, rows: z.array(auditRowSchema) }),
  z.object({ type: z.literal('replaced'), ...state }),
]);
export type AuditMessage = z.infer<typeof auditMessageSchema>;

export const auditVerdictSchema = z.object({
  ok: z.boolean(),
  /** Whole ones, up to the first that is not. */
  records: z.int(),
  firstBroken: z
    .object({
      seq: z.int(),
      why: z.string(),
      /** Where the line begins, in bytes; null when it is not there. */
      at: z.int().nullable(),
    })
    .nullable(),
  unfinished: z.boolean(),
  /** When the check ended, in epoch milliseconds. */
  checkedAt: z.number(),
});
export type AuditVerdict = z.infer<typeof auditVerdictSchema>;

export const auditCheckSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), records: z.int(), read: z.int(), size: z.int() }),
  z.object({ type: z.literal('done'), verdict: auditVerdictSchema }),
]);
export type AuditCheck = z.infer<typeof auditCheckSchema>;

export const audit = {
  /** Newest first, from the end or from `before` (bytes) on backwards. A filter with problems finds nothing and says where they are. */
  page: base
    .input(
      z.object({
        filter: z.string(),
        before: z.int().min(0).optional(),
        limit: z.int().min(1).max(AUDIT_PAGE_MAX),
      }),
    )
    .output(auditPageSchema),
  /** New records as they come, whoever writes them. */
  watch: base.output(eventIterator(auditMessageSchema)),
  /** Reads everything once; ends with `done`. */
  check: base.output(eventIterator(auditCheckSchema)),
  /** The text of a file in pieces. `json`: all lines as they are, so that they can be checked elsewhere; `csv`: those that fit. */
  exportRecords: base
    .input(z.object({ filter: z.string(), form: z.enum(['json', 'csv']) }))
    .output(eventIterator(z.object({ text: z.string() }))),
};
