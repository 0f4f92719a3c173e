/** Parts that several bodies of the REST API have. */
import * as z from 'zod';

export const fileSchema = z.strictObject({
  path: z.string().meta({ description: 'In the working folder, `/` as separator.' }),
  content: z.string(),
  encoding: z.enum(['utf-8', 'base64']).default('utf-8'),
  executable: z.boolean().default(false),
});

/** For a request that begins a `run` or a `workflow`. */
export const idempotencyKey = (what: string) =>
  z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, 'An id is 1 to 200 visible ASCII characters')
    .optional()
    .meta({
      description: `Idempotency key: the same \`id\` with the same request is the same ${what}, also after a restart; with another request it is refused (409).`,
    });

/** In the address of what stands under one run or workflow. */
export const idParams = z.object({ id: z.string().min(1).max(100) });

/** What beginning something answers: where it is, and how far; `status` tells the latter. */
export const begunOf = <S extends z.ZodType>(status: S) => {
  const headers = z.object({ location: z.string() });
  return z.union([
    z.object({ status: z.literal(202).describe('It was accepted, and goes on.'), headers, body: status }),
    z.object({ status: z.literal(200).describe('It has ended.'), headers, body: status }),
  ]);
};
