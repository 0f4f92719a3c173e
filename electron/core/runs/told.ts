/** Whoever wants to know of each run, hidden ones included. */
import type { WorkflowOfRun } from '#shared/domain/run.ts';
import type { Plan } from '#shared/contract/runs.ts';
import type { NormalLaunch } from '#shared/script/validate.ts';
import type { Caller } from '../core.ts';
import type { StepTiers } from './planner.ts';
import type { RunRecord } from './run-record.ts';

/** Of which workflow a run is a step, and what that adds to its policy. */
export interface StepOfWorkflow extends StepTiers {
  readonly workflow: WorkflowOfRun;
}

/** How a run begins, where that is not a person at this computer. */
export interface Beginning {
  /** It leaves no line in the list and nothing on disk. */
  readonly hidden?: boolean;
  readonly by?: Caller | undefined;
  readonly step?: StepOfWorkflow | undefined;
}

/** Who began a run, and whether it shows. */
export interface RunOrigin {
  readonly hidden: boolean;
  /** Null: the person at this computer. */
  readonly by: Caller | null;
  /** The step of a workflow that it is. */
  readonly workflow: WorkflowOfRun | null;
  /** It waited when an earlier process ended, and was told of then. */
  readonly broughtBack: boolean;
}

export interface RunTold {
  /** It was accepted and waits for its turn. */
  began(record: RunRecord, launch: NormalLaunch, plan: Plan, origin: RunOrigin): void;
  /** Its verdict is known. */
  ended(record: RunRecord): void;
}
