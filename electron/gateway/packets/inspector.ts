/** Looks at what the filter hands over: calls of named hosts, and what is said on them (NET-2, NET-3). */
import { SEEN } from './marks.ts';
import type { BodyRange } from './messages.ts';
import { readSegment, withoutMultipath, writeSegment, type Segment } from './segment.ts';
import { Stream, type Verdict } from './stream.ts';

export interface Queued {
  /** False for what comes in. */
  readonly outgoing: boolean;
  readonly packet: Buffer;
  /** The kernel cuts it into segments afterwards. */
  readonly large: boolean;
  /** A call that the kernel takes for a part of an earlier connection. */
  readonly stale: boolean;
}

/** What becomes of a packet: null drops it, with a packet that one goes in its place. */
export type Answer = { readonly mark: number; readonly packet: Buffer | null } | null;

export interface Call {
  readonly name: string;
  /** The address that stands for the name. */
  readonly address: string;
  readonly port: number;
  /** The script's own. */
  readonly source: string;
  readonly from: number;
}

export interface Refused extends Call {
  readonly why: string;
  /** Bytes that the script said. */
  readonly out: number;
  /** Milliseconds since the call. */
  readonly duration: number;
}

export interface InspectorDeps {
  readonly nameOf: (address: string) => string | null;
  /** Whether the call may go out, and by then the filter knows where to. `again`: it went out already, and nobody answered. */
  readonly open: (call: Call, again: boolean) => Answerable<'called' | 'refused' | 'denied'>;
  /** Ends both sides of it; before the answer about its segment. */
  readonly end: (call: Call) => void;
  /** Makes the kernel forget the connection that it remembers there. */
  readonly forget: (call: Call) => void;
  /** Lets segments that begin there pass without a look, or no longer; in force when it returns. */
  readonly setBody: (change: 'add' | 'remove', call: Call, range: BodyRange) => void;
  readonly onRefused: (refused: Refused) => void;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

export type Answerable<T> = T | Promise<T>;

/** Memory for connections whose beginning is remembered, bytes; the oldest are forgotten, and of those nothing passes. */
const KNOWN_MAX = 24 << 20;

/** Ranges that the filter knows at once; beyond, the oldest is looked at again. */
const RANGES_MAX = 64;

interface Known {
  readonly call: Call;
  readonly stream: Stream;
  /** Of the call. */
  readonly sequence: number;
  readonly begun: number;
  refused: boolean;
  weight: number;
  /** What the filter knows of its body. */
  range: BodyRange | null;
}

const keyOf = (from: number, address: string, port: number): string => `${from} ${address} ${port}`;

export class Inspector {
  readonly #deps: InspectorDeps;
  readonly #known = new Map<string, Known>();
  /** Those whose body the filter knows, the oldest first. */
  readonly #inBody = new Set<Known>();
  #weight = 0;

  constructor(deps: InspectorDeps) {
    this.#deps = deps;
  }

  look({ outgoing, packet, large, stale }: Queued): Answerable<Answer> {
    const segment = readSegment(packet);
    if (segment === null) return null;
    if (outgoing && segment.syn) return this.#called(segment, stale);
    const key = outgoing
      ? keyOf(segment.sourcePort, segment.destination, segment.destinationPort)
      : keyOf(segment.destinationPort, segment.source, segment.sourcePort);
    const known = this.#known.get(key);
    if (!known) return outgoing ? { mark: SEEN.refused, packet: null } : null;
    if (known.refused) return outgoing ? { mark: SEEN.refused, packet: null } : null;
    const verdict = outgoing ? known.stream.script(segment, large) : known.stream.host(segment);
    this.#weigh(known);
    this.#tellBody(known, verdict.kind === 'refuse' ? null : known.stream.range);
    return this.#answer(known, segment, verdict);
  }

  /** The filter was replaced, and knows of no body any more: told anew with the next look at each. */
  renew(): void {
    for (const known of this.#inBody) this.#tellBody(known, null);
  }

  /** Forgets a connection that is over. */
  forget(from: number, address: string, port: number): void {
    this.#drop(keyOf(from, address, port));
  }

  #drop(key: string): void {
    const known = this.#known.get(key);
    if (known === undefined) return;
    this.#tellBody(known, null);
    this.#weight -= known.weight;
    this.#known.delete(key);
  }

  #tellBody(known: Known, range: BodyRange | null): void {
    const before = known.range;
    if (before?.from === range?.from && before?.to === range?.to) return;
    if (before !== null) this.#deps.setBody('remove', known.call, before);
    this.#inBody.delete(known);
    known.range = range;
    if (range === null) return;
    const [oldest] = this.#inBody;
    if (oldest !== undefined && this.#inBody.size >= RANGES_MAX) this.#tellBody(oldest, null);
    this.#inBody.add(known);
    this.#deps.setBody('add', known.call, range);
  }

  #weigh(known: Known): void {
    const weight = known.stream.weight;
    this.#weight += weight - known.weight;
    known.weight = weight;
    for (const [key, oldest] of this.#known) {
      if (this.#weight <= KNOWN_MAX || oldest === known) return;
      this.#drop(key);
    }
  }

  #called(segment: Segment, stale: boolean): Answerable<Answer> {
    const { destination: address, destinationPort: port, sourcePort: from, source } = segment;
    const name = this.#deps.nameOf(address);
    // Data in the first packet comes again without it.
    if (segment.payload.length > 0) return null;
    if (name === null) return { mark: SEEN.denied, packet: null };
    const call = { name, address, port, source, from };
    const before = this.#known.get(keyOf(from, address, port));
    const again = before?.sequence === segment.sequence && before.stream.seen === 0;
    if (before) this.#tellBody(before, null);
    if (stale && !again) {
      this.#deps.forget(call);
      return null;
    }
    const decided = this.#deps.open(call, again);
    const settle = (how: 'called' | 'refused' | 'denied'): Answer => {
      if (how === 'called') this.#remember(call, segment.sequence);
      return { mark: SEEN[how], packet: how === 'called' ? withoutMultipath(segment) : null };
    };
    return typeof decided === 'string' ? settle(decided) : decided.then(settle);
  }

  #remember(call: Call, sequence: number): void {
    const key = keyOf(call.from, call.address, call.port);
    this.#drop(key);
    const stream = new Stream(call.name, call.port, sequence);
    const known = { call, stream, sequence, begun: this.#deps.now(), refused: false, weight: 0, range: null };
    this.#known.set(key, known);
    this.#weigh(known);
  }

  #answer(known: Known, segment: Segment, verdict: Verdict): Answer {
    switch (verdict.kind) {
      case 'drop':
        return null;
      case 'pass':
        return { mark: verdict.mark, packet: verdict.change && writeSegment(segment, verdict.change) };
      case 'refuse': {
        known.refused = true;
        this.#deps.end(known.call);
        const duration = Math.round((this.#deps.now() - known.begun) * 10) / 10;
        this.#deps.onRefused({ ...known.call, why: verdict.why, out: known.stream.seen, duration });
        return { mark: SEEN.refused, packet: null };
      }
    }
  }
}
