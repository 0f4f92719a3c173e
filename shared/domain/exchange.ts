/** What goes into a run and what comes out of it, beside its streams (RUN-9). */
import * as z from 'zod';

/** Any JSON value. */
export type Json = z.core.util.JSONType;

/** Where a script finds its data and puts its results. */
export const DATA_PATHS = { data: '/workspace/data', output: '/workspace/output' } as const;

/** Limits on what is given to a run; beyond them a launch is refused with `input-invalid`. */
export const GIVEN_LIMITS = {
  /** Bytes of the input, of all variables together, and of the event's metadata, each as JSON. */
  bytes: 10 * 1024 * 1024,
  /** Arrays and objects inside one another. */
  depth: 100,
  variables: 1000,
  /** Characters of a variable's name. */
  name: 200,
} as const;

/** Limits on what is taken out of a sandbox; what is beyond them is left and said. */
export const TAKEN_LIMITS = {
  /** Files and folders that land. */
  entries: 5000,
  /** Names that are looked at. */
  looked: 20_000,
  depth: 32,
  /** Bytes of one name and of a whole path in UTF-8. */
  name: 255,
  path: 1024,
  /** Bytes of all files together; the policy's scratch when that is less. */
  total: 1024 * 1024 * 1024,
  /** Milliseconds from the script's end. */
  time: 30_000,
  /** Left things that are named; more are counted. */
  left: 200,
  /** Bytes of `output.json` and `variables.json`. */
  json: 100 * 1024 * 1024,
  /** Bytes of a value that is kept with the run's record; a larger one is read from its file when asked for. */
  inline: 256 * 1024,
  /** Events of a script that become events of its run, each at most so many bytes as JSON. */
  events: 1000,
  event: 16 * 1024,
} as const;

/** Why something in the output folder was left in the sandbox. */
export const LEFT_REASONS = [
  'symlink',
  'hardlink',
  'special',
  'name',
  'case',
  'deep',
  'count',
  'size',
  'total',
  'unreadable',
  'mounted',
  'changed',
  'time',
  'disk',
  'stream',
] as const;
export const leftReasonSchema = z.enum(LEFT_REASONS);
export type LeftReason = z.infer<typeof leftReasonSchema>;

export const takenFileSchema = z.object({
  /** Relative to the output folder, `/` between names; each name is safe on every system. */
  path: z.string(),
  type: z.enum(['file', 'folder']),
  /** Bytes; 0 for a folder. */
  size: z.number(),
  executable: z.boolean(),
});
export type TakenFile = z.infer<typeof takenFileSchema>;

/** A value that a script gave back, or what stands in its place. */
function given<T extends z.ZodType>(value: T) {
  return z.discriminatedUnion('state', [
    z.object({ state: z.literal('absent') }),
    z.object({ state: z.literal('given'), value }),
    /** Too large for the record: it is in its file. */
    z.object({ state: z.literal('large'), bytes: z.number() }),
    z.object({ state: z.literal('invalid'), problem: z.string() }),
  ]);
}

export const runDataSchema = z.object({
  output: given(z.json()),
  variables: given(z.record(z.string(), z.json())),
  condition: given(z.boolean()),
  /** Folders before what is in them. */
  files: z.array(takenFileSchema),
  /** Bytes of all files. */
  bytes: z.number(),
  left: z.array(
    z.object({
      /** Safe to show. */
      path: z.string(),
      reason: leftReasonSchema,
    }),
  ),
  /** How many more were left than `left` names. */
  leftMore: z.number(),
  /** Events of the script: those that became events of its run, and those that were only counted. */
  events: z.object({ told: z.number(), lost: z.number() }),
  /** Why nothing, or not all, could be taken out; null when all went well. */
  problem: z.string().nullable(),
});
export type RunData = z.infer<typeof runDataSchema>;
export type Given<T> =
  | { state: 'absent' }
  | { state: 'given'; value: T }
  | { state: 'large'; bytes: number }
  | { state: 'invalid'; problem: string };
