/** A policy as a person keeps it: one YAML document, and what is wrong with one (POL-4). */
import type { ListChanges, PartialPolicy, TrustLevel } from './policy.ts';

/** What a policy file says, parsed; nothing in it is merged yet. Plain data: it crosses the wire as it is. */
export interface PolicyDocument {
  /** The file's name without `.yaml`. */
  readonly name: string;
  /** Null: the level is chosen by the tiers below. */
  readonly level: TrustLevel | null;
  readonly description: string;
  readonly values: PartialPolicy;
  readonly changes: ListChanges;
}

/** A mistake in a file, where it is and what mends it (POL-4, POL-7). Lines and columns are 1-based; 1:1 when the file as a whole is meant. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly severity: 'error' | 'warning';
  /** Stable: `yaml-syntax`, `unknown-key`, `duplicate-key`, `wrong-type`, `bad-value`, `too-large`, `too-deep`, `alias`, `tag`, `forbidden`, … */
  readonly code: string;
  readonly message: string;
  /** What to write instead, as a sentence. */
  readonly fix: string;
  /** Dotted path that it is about, when it is about one. */
  readonly field?: string;
  /** Text that, put in place of the marked range, mends it; where there is exactly one. */
  readonly replacement?: string;
}
