/** What the phases of a run are called, in the order in which they pass. */
import type { Timings } from '../domain/run.ts';

export const PHASE_WORDS = {
  queued: 'Queued',
  prepare: 'Prepare',
  claim: 'Take a waiting sandbox',
  create: 'Create the sandbox',
  inject: 'Hand over the script',
  firstByte: 'First output, from the click',
  script: 'Script',
  total: 'All, from the click',
  extract: 'Its files, after the end',
} as const satisfies Record<keyof Timings, string>;

export const PHASES = Object.keys(PHASE_WORDS) as (keyof Timings)[];
