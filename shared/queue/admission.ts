/** Which waiting runs may start now, and what each of the others waits for (RUN-8, POL-2 quota). Pure. */
import type { PolicyValues } from '../domain/policy.ts';

type Priority = PolicyValues['quota.priority'];

/** What admission knows of a run. */
export interface Claimant {
  readonly id: string;
  /** Name of its policy: quotas count runs of the same one. */
  readonly policy: string;
  /** Its memory limit, bytes. */
  readonly memory: number;
}

export interface Waiting extends Claimant {
  readonly priority: Priority;
  /** Milliseconds, on the clock of {@link Situation.now}. */
  readonly since: number;
  /** Runs of its policy at once, and their memory limits together in bytes. */
  readonly quota: { readonly runs: number; readonly memory: number | null };
}

export interface Going extends Claimant {
  /** Bytes it uses now. */
  readonly used: number;
}

export interface Situation {
  readonly now: number;
  /** In order of arrival. */
  readonly waiting: readonly Waiting[];
  readonly going: readonly Going[];
  /** Runs at once, of all policies. */
  readonly slots: number;
  /** Bytes; null while no engine tells. `free` is null where only the total is known. */
  readonly memory: { readonly total: number; readonly free: number | null } | null;
}

/** What one run waits for. */
export type Wait =
  | { readonly for: 'slot'; readonly limit: number }
  | { readonly for: 'policy-runs'; readonly policy: string; readonly limit: number }
  | {
      readonly for: 'policy-memory';
      readonly policy: string;
      readonly limit: number;
      readonly taken: number;
      readonly needs: number;
    }
  | { readonly for: 'memory'; readonly needs: number; readonly room: number }
  | { readonly for: 'larger'; readonly needs: number };

export interface Admission {
  /** In the order in which they start. */
  readonly start: readonly string[];
  readonly waits: ReadonlyMap<string, Wait>;
}

const BASE: Readonly<Record<Priority, number>> = { low: 0, normal: 1, high: 2 };
/** Waiting this long counts as much as one step of priority, ms: so nobody waits for ever behind the more important. */
export const AGE_MS = 30_000;
/** Smaller runs pass one that does not fit into memory for this long, ms; then room is kept for it. */
export const PASS_MS = 30_000;
/** Of the engine's memory, kept for what else lives there: without a reading of what is free, and with one. */
const KEPT = { unknown: 0.2, known: 0.02 };

/** Runs in the order in which they would start: importance grown by age, then arrival. */
export function inOrder(waiting: readonly Waiting[], now: number): Waiting[] {
  const rank = ({ priority, since }: Waiting): number => BASE[priority] + Math.max(0, now - since) / AGE_MS;
  return waiting
    .map((run, at) => ({ run, at, rank: rank(run) }))
    .toSorted((a, b) => b.rank - a.rank || a.at - b.at)
    .map(({ run }) => run);
}

/** Bytes that runs may still be promised: what is free, less what the going ones may yet take. */
function roomOf({ memory, going }: Situation): number {
  if (memory === null || memory.total <= 0) return Number.POSITIVE_INFINITY;
  if (memory.free === null) return memory.total * (1 - KEPT.unknown) - going.reduce((sum, run) => sum + run.memory, 0);
  const promised = going.reduce((sum, run) => sum + Math.max(0, run.memory - run.used), 0);
  return memory.free - memory.total * KEPT.known - promised;
}

/** Decides for this moment. A run that is held up by its own quota holds up nobody else. */
export function admit(situation: Situation): Admission {
  const { now, slots } = situation;
  const going: Claimant[] = [...situation.going];
  const start: string[] = [];
  const waits = new Map<string, Wait>();
  let room = roomOf(situation);
  let keptFor: Waiting | null = null;
  for (const run of inOrder(situation.waiting, now)) {
    const wait = heldUp(run, going, slots, room, keptFor);
    if (wait === null) {
      start.push(run.id);
      going.push(run);
      room -= run.memory;
      continue;
    }
    waits.set(run.id, wait);
    if (wait.for === 'memory' && keptFor === null && now - run.since >= PASS_MS) keptFor = run;
  }
  return { start, waits };
}

function heldUp(
  run: Waiting,
  going: readonly Claimant[],
  slots: number,
  room: number,
  keptFor: Waiting | null,
): Wait | null {
  if (going.length >= slots) return { for: 'slot', limit: slots };
  const same = going.filter((other) => other.policy === run.policy);
  if (same.length >= run.quota.runs) return { for: 'policy-runs', policy: run.policy, limit: run.quota.runs };
  const taken = same.reduce((sum, other) => sum + other.memory, 0);
  const limit = run.quota.memory;
  if (limit !== null && taken + run.memory > limit)
    return { for: 'policy-memory', policy: run.policy, limit, taken, needs: run.memory };
  if (run.memory > room) return { for: 'memory', needs: run.memory, room: Math.max(0, room) };
  return keptFor === null ? null : { for: 'larger', needs: keptFor.memory };
}
