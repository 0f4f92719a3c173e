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
