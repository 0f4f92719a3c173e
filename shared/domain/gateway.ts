/**
 * What core and the agent in a gateway say to each other: one JSON document a line, over the gateway's standard streams.
 * Core decides and resolves, the agent carries out (NET-2).
 */
import * as z from 'zod';

export interface Ports {
  readonly from: number;
  readonly to: number;
}

/** Address ranges of both families with the ports they are meant for; null is every port, without protocol every protocol. */
export interface PacketRule {
  readonly ranges: readonly string[];
  readonly ports: readonly Ports[] | null;
  readonly protocol: 'tcp' | 'udp' | null;
}

/** Names whose real addresses the script gets, because their ports cannot be relayed one by one. */
export interface NamedPorts {
  readonly id: number;
  readonly ports: readonly Ports[];
  readonly protocol: 'tcp' | 'udp';
}

/** Everything the packet filter needs; applied in the order of its fields, deny before allow. */
export interface GatewayConfig {
  readonly mode: 'restricted' | 'full';
  /** Without it nothing goes out over IPv6, and no range of it is in the lists below. */
  readonly ipv6: boolean;
  readonly blocked: readonly PacketRule[];
  /** Allowed although they lie in a refused range. */
  readonly exempt: readonly PacketRule[];
  /** The engine's machine and special ranges. */
  readonly refused: readonly string[];
  readonly open: readonly PacketRule[];
  readonly named: readonly NamedPorts[];
  /** TCP ports of names that are relayed, at most 64. */
  readonly relayed: readonly number[];
  /** Ports of the sandbox that the engine publishes. */
  readonly published: readonly { readonly port: number; readonly protocol: 'tcp' | 'udp' }[];
  /** Bytes a second. */
  readonly download: number | null;
  readonly upload: number | null;
  readonly connections: number | null;
  /** Named hosts are carried by the kernel where it can; never by it when false. */
  readonly inKernel: boolean;
}

/** From core to the agent. */
export type ToGateway =
  | { readonly type: 'configure'; readonly id: number; readonly config: GatewayConfig }
  | {
      readonly type: 'answer';
      readonly id: number;
      readonly code: 'found' | 'empty' | 'refused' | 'failed';
      /** The addresses that the script may use itself; for a relayed name the agent answers with one of its own. */
      readonly addresses: readonly string[];
      /** Seconds. */
      readonly ttl: number;
      readonly relay: boolean;
      /** Ids of `named` that these addresses join. */
      readonly named: readonly number[];
    }
  /** `ttl`: seconds for which more calls may go there without asking again. */
  | { readonly type: 'opened'; readonly id: number; readonly addresses: readonly string[]; readonly ttl: number }
  /** The script has ended: tell what is held back. */
  | { readonly type: 'settle' }
  | { readonly type: 'ping' };

const text = z.string().max(2048);
const count = z.number().nonnegative();
const protocol = z.enum(['tcp', 'udp', 'icmp', 'other']);

/** From the agent to core; checked, because the agent reads what a script wrote. */
export const fromGatewaySchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('up') }),
  z.object({
    type: z.literal('configured'),
    id: z.number(),
    rates: z.boolean(),
    events: z.boolean(),
    /** Who carries connections to named hosts. */
    carrier: z.enum(['kernel', 'relay']),
    /** There is a way out over IPv6. */
    ipv6: z.boolean().default(false),
  }),
  z.object({ type: z.literal('failed'), id: z.number(), why: text }),
  z.object({ type: z.literal('lookup'), id: z.number(), name: text, kind: text }),
  /** Lookups that were refused unasked, because so many came at once. */
  z.object({ type: z.literal('unasked'), count }),
  /** A script called a relayed name. `told`: when it is allowed, `packets` tells of it. */
  z.object({ type: z.literal('open'), id: z.number(), name: text, port: z.number(), told: z.boolean() }),
  /** The relay let go of a connection; `why` when something was wrong with it. */
  z.object({
    type: z.literal('closed'),
    name: text,
    address: text.nullable(),
    port: z.number(),
    in: count,
    out: count,
    duration: count,
    refused: z.boolean(),
    why: text.nullable(),
  }),
  /** Packets that began something, seen by the filter; `verdict` is the filter's. */
  z.object({
    type: z.literal('packets'),
    verdict: z.enum(['allowed', 'denied', 'crowded']),
    name: text.nullable(),
    address: text,
    /** The real address, where the other one stands for a name. */
    to: text.nullish(),
    port: z.number().nullable(),
    protocol,
    count,
    /** The question that core was asked about this call; it knows who waited. */
    asked: z.number().nullish(),
  }),
  /** A connection that was not relayed has ended. */
  z.object({
    type: z.literal('flow'),
    name: text.nullable(),
    address: text,
    port: z.number(),
    protocol,
    in: count,
    out: count,
    duration: count,
  }),
  /** Bytes since the gateway began. */
  z.object({ type: z.literal('traffic'), in: count, out: count, connections: count }),
  z.object({ type: z.literal('settled') }),
  z.object({ type: z.literal('pong') }),
]);
export type FromGateway = z.infer<typeof fromGatewaySchema>;
