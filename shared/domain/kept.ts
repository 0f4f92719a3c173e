/** Sandboxes that stay after their run, sealed, for somebody to look into (RUN-14). */
import * as z from 'zod';

export const KEPT_LIMITS = {
  /** At the same time, on one installation. */
  count: 5,
  /** Milliseconds until it goes by itself. */
  age: 24 * 3_600_000,
} as const;

export const keptSchema = z.object({
  run: z.string(),
  /** Name of the script. */
  name: z.string(),
  container: z.string(),
  /** Address of the engine that has it. */
  engine: z.string(),
  /** Epoch milliseconds. */
  at: z.number(),
  until: z.number(),
});
export type KeptSandbox = z.infer<typeof keptSchema>;
