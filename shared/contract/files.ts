/** What scripts gave back, and the bytes of their files (RUN-9). Bytes travel as base64, piece by piece: the asker sets the pace. */
import * as z from 'zod';
import { runDataSchema } from '../domain/exchange.ts';
import { comparedFileSchema } from '../history/compare-files.ts';
import { base } from './errors.ts';

/** Bytes of one piece. */
export const PIECE_MAX = 1024 * 1024;

const run = z.object({ run: z.string() });

export const files = {
  /** Waits until everything is out of the sandbox; null when nothing was taken out of this run. */
  list: base.input(run).output(z.object({ data: runDataSchema.nullable() })),
  /**
   * Up to `length` bytes from an offset; a file with none left there answers with none. `path` null: the zip that `zip` made.
   * `input-invalid` for a file that the run has not, `storage` for one that is not kept any more.
   */
  read: base
    .input(
      run.extend({
        path: z.string().nullable(),
        from: z.number().int().min(0),
        length: z.number().int().min(1).max(PIECE_MAX),
      }),
    )
    .output(z.object({ content: z.string(), size: z.number() })),
  /** The files of two runs by path; what differs comes first. Contents are compared where the sizes are equal. */
  compare: base
    .input(z.object({ a: z.string(), b: z.string() }))
    .output(z.object({ files: z.array(comparedFileSchema) })),
  /** Makes one zip of all files and answers with its size, bytes. */
  zip: base.input(run).output(z.object({ size: z.number() })),
};
