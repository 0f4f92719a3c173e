/** What comes of reading a document that is not ours (POL-4): policies, settings to ask about, and what became of every line. */
import type { PolicyDocument, Problem } from '../../domain/policy-document.ts';

export const SHAPES = ['ours', 'security', 'policies', 'workflows', 'compose', 'docker-run', 'kubernetes'] as const;
export type Shape = (typeof SHAPES)[number];

/** 1-based. */
export interface At {
  readonly line: number;
  readonly column: number;
}

export interface ReportLine {
  readonly at?: At;
  /** What the source says: `services.web.mem_limit: 512m`. */
  readonly from: string;
  /** What it became: `resources.memory: 512 MiB`; empty when nothing. */
  readonly to: string;
  /** `approximated`: the nearest that grants no more. `refused`: no policy may have it. `ignored`: it is not about what a script may do. */
  readonly result: 'mapped' | 'approximated' | 'refused' | 'ignored';
  readonly why: string;
}

/** A value that the source keeps for the whole program: a person is asked before it is set. */
export interface AskedSetting {
  readonly key: string;
  readonly value: string;
  readonly why: string;
}

export interface Conversion {
  readonly documents: readonly PolicyDocument[];
  readonly settings: readonly AskedSetting[];
  readonly report: readonly ReportLine[];
  /** With an error among them there are no documents: nothing is half-applied. */
  readonly problems: readonly Problem[];
}
