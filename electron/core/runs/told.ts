/** Whoever wants to know of each run, hidden ones included. */
import type { Plan } from '#shared/contract/runs.ts';
import type { NormalLaunch } from '#shared/script/validate.ts';
import type { RunRecord } from './run-record.ts';

export interface RunTold {
  /** It was accepted and waits for its turn. */
  began(record: RunRecord, launch: NormalLaunch, plan: Plan): void;
  /** Its verdict is known. */
  ended(record: RunRecord): void;
}
