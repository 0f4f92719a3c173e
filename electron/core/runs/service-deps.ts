/** What the run service works with. */
import type { History } from '../history/history.ts';
import type { Log } from '../storage/log.ts';
import type { ExecutionDeps } from './execution.ts';
import type { Planner } from './planner.ts';
import type { Keeping } from './queue/waiting-room.ts';
import type { RunTold } from './told.ts';

export interface RunServiceDeps {
  readonly planner: Planner;
  readonly execution: ExecutionDeps;
  readonly history: History;
  readonly instance: string;
  readonly owner: string;
  readonly ownerAlive: (owner: string) => boolean;
  readonly spoolFolder: string;
  readonly newId: () => string;
  /** Epoch milliseconds. */
  readonly wallNow: () => number;
  readonly maxConcurrent: () => number;
  /** What the engine has, bytes: `free` null where only the total is known, all null while no engine tells. */
  readonly engineMemory: () => { readonly total: number; readonly free: number | null } | null;
  /** What becomes of a run that cannot start at once. */
  readonly whenFull: () => 'wait' | 'refuse';
  /** Whether a run that no process has is still in the queue. */
  readonly waits?: (id: string) => boolean;
  /** Where runs that wait are kept, so that they come back with the next process; absent: they end with this one. */
  readonly keeping?: Keeping;
  /** Adds an allowed host to a policy's file and resolves with its name; rejects for a bare level. */
  readonly saveHost: (policy: string, isFile: boolean, rule: string) => Promise<string>;
  readonly sweepAge: () => number;
  /** Everything is about to be stopped: whoever begins runs by itself begins no more. */
  readonly stoppingAll?: () => void;
  readonly told?: RunTold;
  readonly log: Log;
}
