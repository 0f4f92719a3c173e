/** Imported before any schema: a strict content policy forbids the code that zod would compile. */
import * as z from 'zod';

z.config({ jitless: true });
