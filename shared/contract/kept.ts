/** Sandboxes that stay after their run (RUN-14). What is in them is looked at on the command line. */
import * as z from 'zod';
import { keptSchema } from '../domain/kept.ts';
import { base } from './errors.ts';

export const kept = {
  /** Newest first. */
  list: base.output(z.array(keptSchema)),
  /** By the run that it was for. Rejects with `input-invalid` when there is none. */
  remove: base.input(z.object({ run: z.string() })).output(z.object({})),
};
