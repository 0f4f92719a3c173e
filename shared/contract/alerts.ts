/** Alerts of the app: the list behind the bell, and what to notify of (AUD-3). */
import { eventIterator } from '@orpc/contract';
import * as z from 'zod';
import { alertSchema, notificationSchema } from '../domain/alert.ts';
import { base } from './errors.ts';

/** `all` comes first and replaces what was known; a changed alert that was not known is new. */
export const alertsMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('all'), alerts: z.array(alertSchema) }),
  z.object({ type: z.literal('changed'), alert: alertSchema }),
  z.object({ type: z.literal('notification'), notification: notificationSchema }),
]);

export const alerts = {
  /** Newest first. */
  list: base.output(z.object({ alerts: z.array(alertSchema), unread: z.int() })),
  watch: base.output(eventIterator(alertsMessageSchema)),
  /** Null: all of them. */
  markRead: base.input(z.object({ ids: z.array(z.int()).max(1000).nullable() })).output(z.object({})),
  clear: base.output(z.object({})),
};
