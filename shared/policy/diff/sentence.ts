/** What a comparison of two policies consists of (POL-6). */
import type { FieldPath } from '../../domain/policy.ts';

/** Plain words about one or more fields, without a full stop: `64 MiB of memory, 6 processes`. */
export interface Sentence {
  readonly text: string;
  /** The fields that it speaks of, in table order. */
  readonly fields: readonly FieldPath[];
}

/** One field that differs. */
export interface FieldChange {
  readonly field: FieldPath;
  readonly label: string;
  /** As a person reads them. */
  readonly from: string;
  readonly to: string;
  /** `both`: it grants something and takes something away. `neither`: another value, not more or less, or without effect. */
  readonly direction: 'grants' | 'takes' | 'both' | 'neither';
}

/** What the second policy grants, takes away and merely changes against the first. */
export interface PolicyDiff {
  /** Every differing field once, in table order. */
  readonly changes: readonly FieldChange[];
  readonly grants: readonly Sentence[];
  readonly takes: readonly Sentence[];
  readonly neither: readonly Sentence[];
}
