/** What a run does on the network, and what a gateway is told (NET-1 to NET-3). */
import * as z from 'zod';

export const NETWORK_EVENT_KINDS = ['lookup', 'connect', 'close'] as const;

/** One lookup, connection or end of a connection. */
export const networkEventSchema = z.object({
  kind: z.enum(NETWORK_EVENT_KINDS),
  /** As it was looked up; null when the script used an address of which no lookup is known. */
  name: z.string().nullable(),
  /** Where the packets went or would have gone; null for a lookup without an answer. */
  address: z.string().nullable(),
  port: z.number().nullable(),
  protocol: z.enum(['tcp', 'udp', 'icmp', 'other']),
  verdict: z.enum(['allowed', 'denied']),
  /** The deciding line: `network.allow: api.example`. */
  rule: z.string(),
  /** One sentence. */
  why: z.string(),
  /** Which process it was, with its pid inside the sandbox, where that could be known. A program chooses its name itself. */
  process: z.object({ pid: z.number(), name: z.string().max(64) }).optional(),
  /** At the end of a connection. */
  bytesIn: z.number().optional(),
  bytesOut: z.number().optional(),
  /** Milliseconds. */
  duration: z.number().optional(),
  /** How many like this one stands for; the others of a flood were not kept one by one. */
  count: z.number(),
});
export type NetworkEvent = z.infer<typeof networkEventSchema>;

/** What a policy asks of a run's network; the product of the policy compiler. */
export type NetworkPlan =
  | { readonly mode: 'none' }
  | {
      readonly mode: 'restricted' | 'full';
      readonly allow: readonly string[];
      readonly block: readonly string[];
      /** `system` or an address. */
      readonly dns: string;
      readonly hosts: Readonly<Record<string, string>>;
      readonly publish: readonly string[];
      /** Bytes a second. */
      readonly download: number | null;
      readonly upload: number | null;
      readonly connections: number | null;
      readonly onBreach: 'refuse' | 'pause' | 'kill';
    };
