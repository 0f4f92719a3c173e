/** From single network events to hosts, with exact counts: a sampled event stands for as many as its `count` says (NET-3). Pure. */
import type { RunEvent } from '../../domain/run.ts';
import { covers, joined, remedies, type Remedy } from './suggest.ts';

export type Seen = Extract<RunEvent, { type: 'network' }>;

export type HostVerdict = 'allowed' | 'denied' | 'partly';

/** One port of a host, or its lookups. */
export interface Place {
  readonly port: number | null;
  readonly protocol: Seen['protocol'];
  readonly verdict: Seen['verdict'];
}

export interface Host {
  /** Stable while the run is shown; empty for hosts that are counted together. */
  readonly key: string;
  /** Name or address; null when only the count is known. */
  readonly host: string | null;
  /** Where connections were tried; empty while there were only lookups. */
  readonly places: readonly Place[];
  readonly verdict: HostVerdict;
  /** Of the newest event that gave the verdict. */
  readonly rule: string;
  readonly why: string;
  readonly lookups: number;
  readonly connections: number;
  /** Lookups, connections and ends of connections that were refused. */
  readonly denied: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Ended connections and their milliseconds together. */
  readonly ended: number;
  readonly duration: number;
  /** Epoch ms. */
  readonly first: number;
  readonly last: number;
  readonly events: readonly Seen[];
  /** What would allow what was refused; null where nothing is refused now. */
  readonly remedy: Remedy | null;
}

export interface Network {
  /** In the order in which they were first seen. */
  readonly hosts: readonly Host[];
  /** Rules that were allowed while the run went, in order. */
  readonly allowed: readonly string[];
  /** The gateway is gone. */
  readonly closed: boolean;
}

export const NO_NETWORK: Network = { hosts: [], allowed: [], closed: false };

interface Draft {
  readonly places: Map<string, Place>;
  readonly events: Seen[];
  lookup: Seen['verdict'] | null;
  /** Newest refusal, and newest event at all. */
  refused: Seen | null;
  newest: Seen;
  /** Refusals that stand, by what was tried, the newest last. */
  readonly standing: Map<string, { readonly refusal: Seen; readonly remedy: Remedy }>;
  shown: Host;
}

const keyOf = ({ name, address }: Seen): string => name ?? address ?? '';
const triedKey = (event: Seen): string => (event.kind === 'connect' ? placeKey(event) : event.kind);
const placeKey = ({ port, protocol }: Pick<Seen, 'port' | 'protocol'>): string => `${port}/${protocol}`;

function verdictOf(draft: Draft): HostVerdict {
  const all = [...draft.places.values()].map(({ verdict }) => verdict);
  // What was looked up and then connected to is judged by the connections.
  if (all.length === 0) return draft.lookup ?? 'allowed';
  if (all.every((one) => one === 'allowed')) return draft.lookup === 'denied' ? 'partly' : 'allowed';
  return all.every((one) => one === 'denied') ? 'denied' : 'partly';
}

/** Takes a growing list of events in and keeps what each host came to. */
export class Ledger {
  readonly #mode: 'restricted' | 'full';
  readonly #listed: readonly string[];
  readonly #hosts = new Map<string, Draft>();
  #remedyFor: ReturnType<typeof remedies> | null = null;
  #allowed: string[] = [];
  #closed = false;
  #taken = 0;
  #network: Network = NO_NETWORK;

  /** `listed` is what the policy allowed when the run began. */
  constructor(mode: 'restricted' | 'full', listed: readonly string[]) {
    this.#mode = mode;
    this.#listed = listed;
  }

  /** The list with everything that came before at its front; the same answer when nothing of it is about the network. */
  take(happenings: readonly RunEvent[]): Network {
    const touched = new Set<Draft>();
    let changed = false;
    for (; this.#taken < happenings.length; this.#taken += 1) {
      const event = happenings[this.#taken];
      if (event?.type === 'note' && event.network) {
        changed = true;
        if ('closed' in event.network) this.#closed = true;
        else for (const draft of this.#allow(event.network.allowed)) touched.add(draft);
      } else if (event?.type === 'network') touched.add(this.#add(event));
    }
    if (touched.size === 0 && !changed) return this.#network;
    for (const draft of touched) this.#settle(draft);
    this.#network = {
      hosts: [...this.#hosts.values()].map(({ shown }) => shown),
      allowed: this.#allowed,
      closed: this.#closed,
    };
    return this.#network;
  }

  /** Hosts of which it answers a refusal. */
  #allow(rule: string): Draft[] {
    if (this.#allowed.includes(rule)) return [];
    this.#allowed = [...this.#allowed, rule];
    this.#remedyFor = null;
    return [...this.#hosts.values()].filter(({ standing }) => {
      const before = standing.size;
      for (const [key, { refusal, remedy }] of standing)
        if (remedy.rule === rule || covers(rule, refusal)) standing.delete(key);
      return standing.size < before;
    });
  }

  #remedy(event: Seen): Remedy {
    this.#remedyFor ??= remedies({ mode: this.#mode, allow: [...this.#listed, ...this.#allowed] });
    return this.#remedyFor(event);
  }

  #add(event: Seen): Draft {
    const key = keyOf(event);
    let draft = this.#hosts.get(key);
    if (!draft) {
      draft = {
        places: new Map(),
        events: [],
        lookup: null,
        refused: null,
        newest: event,
        standing: new Map(),
        shown: empty(key, event),
      };
      this.#hosts.set(key, draft);
    }
    const { shown } = draft;
    if (event.kind === 'lookup') draft.lookup = event.verdict;
    else {
      draft.places.set(placeKey(event), { port: event.port, protocol: event.protocol, verdict: event.verdict });
      // A connection that is let through shows that the name may be looked up, too.
      if (event.verdict === 'allowed') draft.lookup = null;
    }
    draft.newest = event;
    draft.standing.delete(triedKey(event));
    if (event.verdict === 'denied') {
      draft.refused = event;
      draft.standing.set(triedKey(event), { refusal: event, remedy: this.#remedy(event) });
    }
    draft.events.push(event);
    const { kind, count } = event;
    draft.shown = {
      ...shown,
      lookups: shown.lookups + (kind === 'lookup' ? count : 0),
      connections: shown.connections + (kind === 'connect' ? count : 0),
      denied: shown.denied + (event.verdict === 'denied' ? count : 0),
      bytesIn: shown.bytesIn + (event.bytesIn ?? 0),
      bytesOut: shown.bytesOut + (event.bytesOut ?? 0),
      ended: shown.ended + (kind === 'close' ? count : 0),
      duration: shown.duration + (event.duration ?? 0),
      last: event.at,
    };
    return draft;
  }

  #settle(draft: Draft): void {
    const verdict = verdictOf(draft);
    const telling = verdict === 'allowed' ? draft.newest : (draft.refused ?? draft.newest);
    draft.shown = {
      ...draft.shown,
      places: [...draft.places.values()].toSorted((a, b) => (a.port ?? 0) - (b.port ?? 0)),
      verdict,
      rule: telling.rule,
      why: telling.why,
      remedy: verdict === 'allowed' ? null : joined([...draft.standing.values()].map(({ remedy }) => remedy)),
      events: [...draft.events],
    };
  }
}

function empty(key: string, event: Seen): Host {
  return {
    key,
    host: key === '' ? null : key,
    places: [],
    verdict: event.verdict,
    rule: event.rule,
    why: event.why,
    lookups: 0,
    connections: 0,
    denied: 0,
    bytesIn: 0,
    bytesOut: 0,
    ended: 0,
    duration: 0,
    first: event.at,
    last: event.at,
    events: [],
    remedy: null,
  };
}

/** `443`, `22 and 443`, `53/udp`, `22, 80 and 4 more`. */
export function placeWords(places: readonly Place[]): string {
  const words = places.map(({ port, protocol }) =>
    port === null ? protocol : protocol === 'tcp' ? String(port) : `${port}/${protocol}`,
  );
  if (words.length > 3) return `${words.slice(0, 2).join(', ')} and ${words.length - 2} more`;
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
