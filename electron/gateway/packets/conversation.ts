/**
 * What a script says on one connection to a named host, looked at as it comes: nothing is cleared before the name is
 * known to be the right one, and with plain HTTP before every further request (NET-2). Pure.
 */
import { readFirstBytes, refusedUnknown } from '../first-bytes.ts';
import { Chunks } from './chunks.ts';
import { IGNORED, readHead, type Head } from './request-head.ts';

type State =
  /** Nothing is known yet. */
  | { readonly kind: 'first' }
  /** Before or in the header of a request. */
  | { readonly kind: 'head' }
  | { readonly kind: 'body'; left: number }
  | { readonly kind: 'chunked'; readonly chunks: Chunks }
  /** It asked for a WebSocket, the host has not answered. */
  | { readonly kind: 'asked' }
  /** A protocol that names its host once, or never. */
  | { readonly kind: 'named' };

/** Bytes that must arrive as they were looked at, by their place in the conversation. */
export interface Kept {
  readonly at: number;
  readonly bytes: Buffer;
}

/** Bytes of headers and the like that are kept for being sent again. */
const KEPT_MAX = { bytes: 256 * 1024, parts: 8192 };

export class Conversation {
  readonly #name: string;
  readonly #port: number;
  #state: State = { kind: 'first' };
  #pending: Buffer = Buffer.alloc(0);
  #seen = 0;
  #last = 0;
  #requests = 0;
  #kept: Kept[] = [];
  #keptBytes = 0;
  #forgotten = 0;

  constructor(name: string, port: number) {
    this.#name = name;
    this.#port = port;
  }

  /** Bytes that were looked at, from the first on. */
  get seen(): number {
    return this.#seen;
  }

  /** Bytes that may go to the host; the rest is held. */
  get cleared(): number {
    return this.#seen - this.#pending.length;
  }

  /** Before this place nothing is known any more of what must arrive as it was looked at. */
  get forgotten(): number {
    return this.#forgotten;
  }

  get kept(): readonly Kept[] {
    return this.#kept;
  }

  /** Bytes of memory that it takes. */
  get weight(): number {
    return this.#pending.length + this.#keptBytes + 64 * this.#kept.length;
  }

  /** The byte before those that are held. */
  get last(): number {
    return this.#last;
  }

  /** Nothing more has to be looked at once the host has answered. */
  get named(): boolean {
    return this.#state.kind === 'named';
  }

  /** Where the body ends whose length was said beforehand; null outside of one. */
  get bodyEnd(): number | null {
    return this.#state.kind === 'body' ? this.#seen + this.#state.left : null;
  }

  /** Bytes up to this place, inside the body, went another way. Throws RangeError for a place that is not before its end. */
  skip(to: number): void {
    const state = this.#state;
    if (state.kind !== 'body' || to < this.#seen || to >= this.#seen + state.left)
      throw new RangeError('not in a body');
    state.left -= to - this.#seen;
    this.#seen = to;
  }

  /** What the host says next decides. */
  get asked(): boolean {
    return this.#state.kind === 'asked';
  }

  /** Takes what comes next; a text is why it is refused, all of it. */
  add(bytes: Buffer): string | null {
    this.#seen += bytes.length;
    let rest = bytes;
    while (rest.length > 0) {
      const state = this.#state;
      switch (state.kind) {
        case 'named':
          return null;
        case 'asked':
          return 'It went on before the host had switched protocols.';
        case 'body': {
          const part = Math.min(state.left, rest.length);
          state.left -= part;
          this.#last = rest[part - 1]!;
          rest = rest.subarray(part);
          if (state.left === 0) this.#state = { kind: 'head' };
          break;
        }
        case 'chunked': {
          const base = this.#seen - rest.length;
          const here = rest;
          const taken = state.chunks.take(here, 0, (from, to) => this.#keep(base + from, here.subarray(from, to)));
          if (taken === null) return 'The length of the request cannot be read.';
          this.#last = rest[taken.end - 1]!;
          rest = rest.subarray(taken.end);
          if (taken.over) this.#state = { kind: 'head' };
          break;
        }
        case 'first':
        case 'head': {
          const all = Buffer.concat([this.#pending, rest]);
          this.#pending = all;
          const read = state.kind === 'first' ? this.#first(all) : this.#head(all);
          if (typeof read === 'string') return read;
          if (read === null) return null;
          this.#pending = Buffer.alloc(0);
          this.#last = all[read - 1]!;
          rest = all.subarray(read);
        }
      }
    }
    return null;
  }

  /** The host has answered that it goes on with a WebSocket, or not. */
  switched(did: boolean): void {
    if (this.#state.kind === 'asked') this.#state = did ? { kind: 'named' } : { kind: 'head' };
  }

  /** Bytes that are done with; null for more, a text for a refusal. */
  #first(all: Buffer): number | string | null {
    const first = readFirstBytes(all);
    switch (first.kind) {
      case 'more':
        return null;
      case 'bad':
        return first.why;
      case 'http':
        this.#state = { kind: 'head' };
        return this.#head(all);
      case 'tls':
        if (first.host === null) return 'The TLS hello names no host.';
        if (first.host !== this.#name) return `The TLS hello names ${first.host}.`;
        break;
      case 'other': {
        const why = refusedUnknown(all, this.#port);
        if (why !== null) return why;
      }
    }
    this.#keep(this.#seen - all.length, all);
    this.#state = { kind: 'named' };
    return all.length;
  }

  #head(all: Buffer): number | string | null {
    const head: Head = readHead(all);
    if (head.kind === 'more') return null;
    if (head.kind === 'bad') return head.why;
    const other = head.hosts.find((host) => host !== this.#name);
    if (head.hosts.length === 0) return 'The request names no host.';
    if (other !== undefined) return `The request is for ${other}.`;
    const bytes = Buffer.from(all.subarray(0, head.size));
    const upgrade = head.body.kind === 'upgrade' && this.#requests === 0;
    if (!upgrade) for (const at of head.upgrades) bytes.write(IGNORED, at, 'latin1');
    this.#keep(this.#seen - all.length, bytes);
    this.#requests++;
    if (head.body.kind === 'chunked') this.#state = { kind: 'chunked', chunks: new Chunks() };
    else if (upgrade) this.#state = { kind: 'asked' };
    else {
      const left = head.body.kind === 'length' ? head.body.bytes : 0;
      this.#state = left > 0 ? { kind: 'body', left } : { kind: 'head' };
    }
    return head.size;
  }

  #keep(at: number, bytes: Buffer): void {
    this.#kept.push({ at, bytes: Buffer.from(bytes) });
    this.#keptBytes += bytes.length;
    while ((this.#keptBytes > KEPT_MAX.bytes && this.#kept.length > 1) || this.#kept.length > KEPT_MAX.parts) {
      const oldest = this.#kept.shift();
      this.#keptBytes -= oldest!.bytes.length;
      this.#forgotten = oldest!.at + oldest!.bytes.length;
    }
  }
}
