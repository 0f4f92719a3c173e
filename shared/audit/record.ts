/** One line of the audit: who did what, with what came of it, chained to the line before (AUD-1). */
import * as z from 'zod';

/** Named after what they change, so that a filter by the first word gives everything of one kind. */
export const AUDIT_ACTIONS = [
  'policy.create',
  'policy.save',
  'policy.rename',
  'policy.remove',
  /** Another program wrote, or took away, a policy's file while Bellglass was looking. */
  'policy.changed-outside',
  'project.approve',
  'project.revoke',
  'setting.set',
  'setting.clear',
  'run.start',
  'run.allow',
  'run.stop',
  'run.reorder',
  /** A run that came back with a restart was given the secrets that it had; their names are told. */
  'run.secrets',
  'run.finish',
  'run.remove',
  'kept.seal',
  'kept.look',
  'kept.remove',
  'workflow.start',
  'workflow.stop',
  'workflow.retry',
  'workflow.finish',
  'workflow.remove',
  /** A damaged history was put aside, and a fresh one begun. */
  'history.fresh',
  'token.add',
  'token.remove',
  'image.build',
  'engine.create',
  'engine.start',
  'engine.exec',
  'engine.update',
  'engine.pause',
  'engine.unpause',
  'engine.kill',
  'engine.remove',
  'engine.pull',
  'engine.import',
  'engine.remove-image',
  'engine.create-network',
  'engine.remove-network',
  'engine.sweep',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** What happened; everything else of a record is added when it is written. Never holds a secret, an argument or an environment. */
export interface AuditEntry {
  readonly action: AuditAction;
  /** The thing: a policy's name, a run's id, a setting's key. */
  readonly what: string;
  /** `done`, `refused: …`, `failed: …`, or a run's outcome. */
  readonly outcome: string;
  /** SHA-256 of the effective policy, or of the policy or project file. */
  readonly policy?: string;
  /** SHA-256 of the script. */
  readonly script?: string;
  readonly image?: string;
  /** Name of the token of the REST API on whose behalf it was done. */
  readonly token?: string;
}

const hash = z.string().regex(/^[0-9a-f]{64}$/);

export const auditRecordSchema = z.strictObject({
  /** 1 for the first; no number is left out. */
  seq: z.int().min(1),
  /** UTC, ISO 8601 with milliseconds. */
  at: z.iso.datetime({ precision: 3 }),
  who: z.strictObject({
    /** Of the operating system. */
    user: z.string(),
    /** The computer. */
    host: z.string(),
    /** `desktop`, `web` or `cli`. */
    via: z.string(),
    /** Name of a token of the REST API, when it was done on its behalf. */
    token: z.string().optional(),
  }),
  action: z.string(),
  what: z.string(),
  outcome: z.string(),
  policy: z.string().optional(),
  script: z.string().optional(),
  image: z.string().optional(),
  /** `hash` of the record before; 64 zeros for the first. */
  previous: hash,
  /** SHA-256 of this record in canonical form without this field. */
  hash,
});
export type AuditRecord = z.infer<typeof auditRecordSchema>;
