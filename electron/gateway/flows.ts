/** Connections that are not relayed, from the kernel's table: what each carried, told once when it is over (NET-3). */
export interface Flow {
  readonly key: string;
  readonly address: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  readonly out: number;
  readonly in: number;
  /** A TCP connection that both sides have closed. */
  readonly over: boolean;
}

const OVER = new Set(['TIME_WAIT', 'CLOSE', 'LAST_ACK']);

/**
 * One line of `conntrack -L`: `tcp 6 117 TIME_WAIT src= dst= sport= dport= packets= bytes= src= …`, the second half for the
 * answers. Null for other lines and protocols, and for what was never answered.
 */
export function readFlow(line: string): Flow | null {
  const [, protocol, state = ''] = /^(tcp|udp)\s+\d+\s+\d+\s+([A-Z_]+)?/.exec(line) ?? [];
  if (protocol !== 'tcp' && protocol !== 'udp') return null;
  const of = (key: string): string[] =>
    [...line.matchAll(new RegExp(`\\b${key}=(\\S+)`, 'g'))].map((match) => match[1]!);
  const [address] = of('dst');
  const [from] = of('sport');
  const port = Number(of('dport')[0]);
  const bytes = of('bytes').map(Number);
  if (address === undefined || from === undefined || !Number.isInteger(port) || state.startsWith('SYN')) return null;
  return {
    key: `${protocol} ${from} ${address} ${port}`,
    address,
    port,
    protocol,
    out: bytes[0] ?? 0,
    in: bytes[1] ?? 0,
    over: protocol === 'tcp' && OVER.has(state),
  };
}

/** Compares one look at the table with the one before. */
export class Flows {
  readonly #live = new Map<string, Flow>();
  readonly #told = new Set<string>();

  get live(): number {
    return this.#live.size;
  }

  /** What ended since the last look; `end` tells of all that is left too. */
  look(table: readonly Flow[], end = false): Flow[] {
    const ended: Flow[] = [];
    const seen = new Set<string>();
    const finish = (flow: Flow): void => {
      this.#live.delete(flow.key);
      this.#told.add(flow.key);
      ended.push(flow);
    };
    for (const flow of table) {
      seen.add(flow.key);
      if (this.#told.has(flow.key)) continue;
      this.#live.set(flow.key, flow);
      if (flow.over || end) finish(flow);
    }
    for (const flow of this.#live.values()) if (!seen.has(flow.key)) finish(flow);
    for (const key of this.#told) if (!seen.has(key)) this.#told.delete(key);
    return ended;
  }
}
