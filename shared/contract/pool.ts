/** Sandboxes that wait for a run (RUN-11), as the app tells of them. */
import * as z from 'zod';
import { RUNTIMES } from '../domain/run.ts';

export const poolStatusSchema = z.object({
  on: z.boolean(),
  /** Why not; empty when it is on. */
  why: z.string(),
  /** Runs since the app began that found a sandbox waiting, and that could have used one but found none. */
  hits: z.number(),
  misses: z.number(),
  waiting: z.number(),
  /** Bytes set aside for those that wait or are being made, the engine's helper included. */
  memory: z.number(),
  /** Bytes that they may take now. */
  budget: z.number(),
  sizes: z.array(
    z.object({
      image: z.string(),
      runtime: z.enum(RUNTIMES),
      /** With their interpreter started. */
      booted: z.boolean(),
      /** Memory limit that the waiting ones have, bytes. */
      memory: z.number(),
      waiting: z.number(),
      making: z.number(),
      wanted: z.number(),
    }),
  ),
});
export type PoolStatus = z.infer<typeof poolStatusSchema>;
