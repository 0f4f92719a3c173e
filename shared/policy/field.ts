/** What one entry of the field table says (POL-1, ENG-3). Everything else about policies is derived from these entries. */
import type { Capabilities } from '../domain/engine.ts';
import type { FieldPath, PolicyValues, TrustLevel } from '../domain/policy.ts';

export const GROUPS = ['Resources', 'Network', 'Files', 'Security', 'Image', 'Run', 'Quota'] as const;
export type Group = (typeof GROUPS)[number];

/** How a kind of value is read, written and compared. */
export interface Kind<V> {
  readonly name: 'bytes' | 'rate' | 'duration' | 'cpu' | 'count' | 'choice' | 'boolean' | 'text' | 'list' | 'map';
  /** From text as `--set` takes it. Throws AppError `policy-invalid` only. */
  parse(text: string): V;
  /** As a person reads it, with unit; `parse` takes it back. */
  format(value: V): string;
  /** True when `a` grants more than `b`; null where more and less make no sense. */
  readonly looser: ((a: V, b: V) => boolean) | null;
  readonly choices?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  /** How null is written, where it is a value. */
  readonly nullWord?: 'unlimited' | 'none';
  /** For a list of words: how one of them is read. */
  readonly item?: Kind<string>;
  /** For a map: one entry, in its plainest form. Throws AppError `policy-invalid` only. */
  readonly entry?: (name: string, value: string) => readonly [string, string];
}

/** How well an engine enforces a field; `fix` is a command or setting that would mend it, where there is one. */
export interface EnforcementFact {
  readonly state: 'enforced' | 'partly' | 'not-here';
  /** Empty when enforced. */
  readonly why: string;
  readonly fix?: string;
}

export interface Field<V> {
  readonly group: Group;
  readonly label: string;
  readonly help: string;
  readonly kind: Kind<V>;
  readonly defaults: Readonly<Record<TrustLevel, V>>;
  /** `value` is absent when asked in general, for the enforcement matrix. */
  enforcement(engine: Capabilities, value?: V): EnforcementFact;
  /** Why this value cannot be honoured by this version, or null. Asked only for values that a person set. */
  notYet?(value: V): string | null;
  /** The machinery does not exist in this version; its default asks for nothing that a sandbox could lack. */
  readonly future?: true;
}

export type FieldTable = { readonly [P in FieldPath]: Field<PolicyValues[P]> };

/** The entries of one group's file. */
export type FieldsOf<Prefix extends string> = {
  readonly [P in Extract<FieldPath, `${Prefix}.${string}`>]: Field<PolicyValues[P]>;
};

/** The same default at every level. */
export function everywhere<V>(value: V): Readonly<Record<TrustLevel, V>> {
  return { untrusted: value, limited: value, trusted: value, system: value };
}

/** One default per level, in the order of POL-1's table. */
export function perLevel<V>(untrusted: V, limited: V, trusted: V, system: V): Readonly<Record<TrustLevel, V>> {
  return { untrusted, limited, trusted, system };
}

export const enforced = (): EnforcementFact => ({ state: 'enforced', why: '' });

export function notHere(why: string, fix?: string): EnforcementFact {
  return fix === undefined ? { state: 'not-here', why } : { state: 'not-here', why, fix };
}

export function partly(why: string, fix?: string): EnforcementFact {
  return fix === undefined ? { state: 'partly', why } : { state: 'partly', why, fix };
}

/** For fields whose machinery does not exist in this version. */
export function future(what: string): { enforcement: () => EnforcementFact; notYet: () => string; future: true } {
  const why = `Bellglass does not have ${what} yet.`;
  return { enforcement: () => notHere(why), notYet: () => why, future: true };
}
