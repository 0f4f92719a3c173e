/** Runs that wait (RUN-8), as the app tells of them to other processes of the same person. */
import * as z from 'zod';

export const queuedRunSchema = z.object({
  id: z.string(),
  name: z.string(),
  policy: z.string(),
  /** Follows "waits for". */
  waitsFor: z.string(),
  /** Epoch milliseconds. */
  createdAt: z.number(),
  /** Secrets that it came back without; it has no turn before it has them. */
  secretsWanted: z.array(z.string()),
  /** It is written down, and comes back with the next start. */
  kept: z.boolean(),
});
export type QueuedRunLine = z.infer<typeof queuedRunSchema>;
