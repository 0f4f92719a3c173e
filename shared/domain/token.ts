/** Tokens of the REST API: who may ask for runs, under what, and how much (HOST-3). */
import type { PartialPolicy } from './policy.ts';

/** How much a token may start; null is no limit. */
export interface TokenQuota {
  /** Runs at once, waiting ones included. */
  readonly runs: number | null;
  readonly perMinute: number | null;
}

export const DEFAULT_TOKEN_QUOTA: TokenQuota = { runs: 20, perMinute: 120 };

/** A token as it is in force. */
export interface Token {
  readonly name: string;
  /** Policy or level of requests that name none. */
  readonly policy: string;
  /** Policies and levels that requests may name, `policy` included. */
  readonly policies: readonly string[];
  readonly ceilings: PartialPolicy;
  readonly quota: TokenQuota;
}

/** A token as a person sees it: texts with units, no secret. */
export interface TokenCard {
  readonly name: string;
  /** ISO 8601. */
  readonly created: string;
  readonly policy: string;
  readonly policies: readonly string[];
  readonly ceilings: Readonly<Record<string, string>>;
  readonly quota: TokenQuota;
}

/** What a new token may do. */
export type NewToken = Omit<TokenCard, 'name' | 'created'>;
