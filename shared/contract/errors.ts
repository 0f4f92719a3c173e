/** The one error shape that crosses the wire; the renderer and the CLI switch on `data.code`. */
import { oc } from '@orpc/contract';
import * as z from 'zod';
import { ERROR_CODES } from '../lib/app-error.ts';

export const appErrorDataSchema = z.object({
  code: z.enum(ERROR_CODES),
  message: z.string(),
  why: z.string().optional(),
  next: z.string().optional(),
  details: z.string().optional(),
});

/** Every procedure starts from this base, so that every refusal arrives typed. */
export const base = oc.errors({ BELLGLASS: { message: 'Bellglass refused', data: appErrorDataSchema } });
