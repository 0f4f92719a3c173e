/** Policies as files of the person: seen, edited, approved (POL-3, POL-4). What they mean is computed by `shared/policy` wherever it is shown. */
import { eventIterator } from '@orpc/contract';
import * as z from 'zod';
import { capabilitiesSchema } from '../domain/engine.ts';
import { TRUST_LEVELS, type ListChanges, type PartialPolicy } from '../domain/policy.ts';
import { RUNTIMES } from '../domain/run.ts';
import { base } from './errors.ts';

/** Bytes that a policy file may have. */
export const POLICY_FILE_LIMIT = 256 * 1024;

export const problemSchema = z.object({
  file: z.string(),
  line: z.number(),
  column: z.number(),
  endLine: z.number(),
  endColumn: z.number(),
  severity: z.enum(['error', 'warning']),
  code: z.string(),
  message: z.string(),
  fix: z.string(),
  field: z.string().optional(),
  replacement: z.string().optional(),
});

export const policyDocumentSchema = z.object({
  name: z.string(),
  level: z.enum(TRUST_LEVELS).nullable(),
  description: z.string(),
  values: z.custom<PartialPolicy>((value) => typeof value === 'object' && value !== null),
  changes: z.custom<ListChanges>((value) => typeof value === 'object' && value !== null),
});

/** A policy of the person's own. */
export const ownPolicySchema = z.object({
  name: z.string(),
  /** The file, for a person. */
  path: z.string(),
  /** Changes with every change of the file; `save` wants the one that the edit began with. */
  revision: z.string(),
  /** What runs get under this name now; null when no good version was ever seen. */
  document: policyDocumentSchema.nullable(),
  /** The file as it is now is broken, and this is why; `document` is then the last good version. */
  problems: z.array(problemSchema),
  /** Epoch milliseconds. */
  modifiedAt: z.number(),
  /** When a person last opened it here; null: never (POL-6, review after 90 days). */
  openedAt: z.number().nullable(),
  /** What would lose it: settings keys that name it, and how many runs are queued or running under it. */
  usedBy: z.array(z.string()),
});
export type OwnPolicy = z.infer<typeof ownPolicySchema>;

/** Everything besides the policy itself that decides what it comes to. */
export const policyContextSchema = z.object({
  /** The settings tier and the ceilings. */
  values: z.custom<PartialPolicy>((value) => typeof value === 'object' && value !== null),
  ceilings: z.custom<PartialPolicy>((value) => typeof value === 'object' && value !== null),
  /** A level's or policy's name. */
  defaultPolicy: z.string(),
  perRuntime: z.partialRecord(z.enum(RUNTIMES), z.string()),
  /** Folders of this machine that mounts may name. */
  mountFolders: z.array(z.string()),
  capabilities: capabilitiesSchema.nullable(),
  /** Where the files are. */
  folder: z.string(),
});
export type PolicyContext = z.infer<typeof policyContextSchema>;

/** A project file whose content a person accepted. */
export const projectApprovalSchema = z.object({
  path: z.string(),
  /** SHA-256 of the content, hexadecimal. */
  hash: z.string(),
  /** Epoch milliseconds. */
  at: z.number(),
});
export type ProjectApproval = z.infer<typeof projectApprovalSchema>;

const byName = z.object({ name: z.string() });
const listed = z.object({ policies: z.array(ownPolicySchema), context: policyContextSchema });

export const policies = {
  list: base.output(listed),
  /** The present state first, then every change of a file, of the settings and of the engine, coalesced to one message per 100 ms. */
  watch: base.output(
    eventIterator(
      z.discriminatedUnion('type', [
        listed.extend({ type: z.literal('all') }),
        z.object({ type: z.literal('changed'), policy: ownPolicySchema }),
        z.object({ type: z.literal('removed'), name: z.string() }),
        z.object({ type: z.literal('context'), context: policyContextSchema }),
      ]),
    ),
  ),
  /** The file's text as it is now, broken or not. */
  get: base.input(byName).output(z.object({ policy: ownPolicySchema, text: z.string() })),
  /** A person looked at it. */
  opened: base.input(byName).output(z.object({})),
  /**
   * Writes the file whole. `revision` is the one that the edit began with, null for a new file.
   * `policy-invalid` for a text with an error, `input-invalid` when the file changed meanwhile, exists already, or the name is bad.
   */
  save: base
    .input(byName.extend({ text: z.string(), revision: z.string().nullable() }))
    .output(z.object({ policy: ownPolicySchema })),
  rename: base
    .input(byName.extend({ to: z.string(), revision: z.string() }))
    .output(z.object({ policy: ownPolicySchema })),
  remove: base.input(byName.extend({ revision: z.string() })).output(z.object({})),
  approvals: base.output(z.array(projectApprovalSchema)),
  approveProject: base.input(z.object({ path: z.string(), hash: z.string() })).output(z.object({})),
  revokeProject: base.input(z.object({ path: z.string() })).output(z.object({})),
};
