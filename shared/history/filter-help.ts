/** What the filters of the app understand, each with an example: shown beside the field and in the documentation. Pure. */
import type { NumberKey, WordKey } from './filter.ts';

export interface FilterHelp {
  /** As it is typed. */
  readonly example: string;
  readonly meaning: string;
}

const KEYS: Readonly<Record<WordKey | NumberKey, FilterHelp>> = {
  outcome: { example: 'outcome:failed,timed-out', meaning: 'what came of it; a comma means either' },
  policy: { example: 'policy:price-bots', meaning: 'the policy that it ran under' },
  level: { example: 'level:untrusted', meaning: 'the trust level, whichever the policy' },
  runtime: { example: 'runtime:node', meaning: 'the language' },
  name: { example: 'name:prices', meaning: 'a part of its name' },
  tag: { example: 'tag:nightly', meaning: 'a tag that somebody gave it' },
  is: { example: 'is:pinned', meaning: 'going, finished, refused or pinned' },
  after: { example: 'after:2026-01-31', meaning: 'begun on that day or later' },
  before: { example: 'before:2026-02-07', meaning: 'begun before that day' },
  duration: { example: 'duration:>5s', meaning: 'how long it ran' },
  peak: { example: 'peak:>100MiB', meaning: 'the most memory that it used' },
  exit: { example: 'exit:1', meaning: 'its exit code' },
  violation: { example: 'violation:network', meaning: 'what was refused or stopped' },
  reason: { example: 'reason:"exit code"', meaning: 'a part of why it ended' },
  rule: { example: 'rule:resources.memory', meaning: 'a part of the policy line that decided' },
  start: { example: 'start:>500ms', meaning: 'from the click to its first output' },
  state: { example: 'state:queued', meaning: 'where it is now' },
  workflow: { example: 'workflow:prices', meaning: 'the workflow that it is a step of' },
};

/** Of the list of runs. */
export const RUN_FILTER_HELP: readonly FilterHelp[] = [
  { example: 'refused "two words"', meaning: 'in name, script or output' },
  { example: '-outcome:succeeded', meaning: 'a minus turns anything round' },
  ...Object.values(KEYS),
];
