/** Which waiting runs may start now, and what each of the others waits for (RUN-8). Pure. */
import type { PolicyValues } from '../domain/policy.ts';
import { inTurn } from './turns.ts';
import type { Group } from './quotas.ts';

type Priority = PolicyValues['quota.priority'];

/** What admission knows of a run. */
export interface Claimant {
  readonly id: string;
  /** Whose turn it is when it starts: equals take turns by project. */
  readonly project: string;
  /** What it is counted in. */
  readonly groups: readonly Group[];
  /** Its memory limit, bytes. */
  readonly memory: number;
  /** Its CPU limit, percent of one core. */
  readonly cpu: number;
}

export interface Waiting extends Claimant {
  readonly priority: Priority;
  /** Milliseconds, on the clock of {@link Situation.now}. */
  readonly since: number;
  /** Where a person put it, lower first; those go ahead of all others. */
  readonly place?: number | undefined;
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
  /** When a run of a project last started, on the clock of `now`. */
  readonly served: ReadonlyMap<string, number>;
  /** Runs at once, of all policies. */
  readonly slots: number;
  /** Bytes; null while no engine tells. `free` is null where only the total is known. */
  readonly memory: { readonly total: number; readonly free: number | null } | null;
}

/** What one run waits for. */
export type Wait =
  | { readonly for: 'slot'; readonly limit: number }
  | { readonly for: 'runs'; readonly group: Group; readonly limit: number }
  | {
      readonly for: 'quota';
      readonly of: 'memory' | 'cpu';
      readonly group: Group;
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

/** Smaller runs pass one that does not fit into memory for this long, ms; then room is kept for it. */
export const PASS_MS = 30_000;
/** Of the engine's memory, kept for what else lives there: without a reading of what is free, and with one. */
const KEPT = { unknown: 0.2, known: 0.02 };

/** Bytes of an engine's memory that one run alone could ever be promised. */
export function mostMemory(total: number, freeIsKnown: boolean): number {
  return total * (1 - (freeIsKnown ? KEPT.known : KEPT.unknown));
}

/** Bytes that runs may still be promised: what is free, less what the going ones may yet take. */
function roomOf({ memory, going }: Situation): number {
  if (memory === null || memory.total <= 0) return Number.POSITIVE_INFINITY;
  if (memory.free === null) return mostMemory(memory.total, false) - going.reduce((sum, run) => sum + run.memory, 0);
  const promised = going.reduce((sum, run) => sum + Math.max(0, run.memory - run.used), 0);
  return memory.free - memory.total * KEPT.known - promised;
}

/** What the runs of each group have together. */
class Tally {
  readonly #groups = new Map<string, { runs: number; memory: number; cpu: number }>();

  add({ groups, memory, cpu }: Claimant): void {
    for (const group of groups) {
      const taken = this.of(group);
      taken.runs += 1;
      taken.memory += memory;
      taken.cpu += cpu;
      this.#groups.set(keyOf(group), taken);
    }
  }

  of(group: Group): { runs: number; memory: number; cpu: number } {
    return this.#groups.get(keyOf(group)) ?? { runs: 0, memory: 0, cpu: 0 };
  }
}

const keyOf = ({ kind, key }: Group): string => `${kind} ${key}`;

/** Decides for this moment. A run that is held up by its own quota holds up nobody else. */
export function admit(situation: Situation): Admission {
  const { now, slots } = situation;
  const tally = new Tally();
  for (const run of situation.going) tally.add(run);
  const start: string[] = [];
  const waits = new Map<string, Wait>();
  let free = slots - situation.going.length;
  let room = roomOf(situation);
  let keptFor: Waiting | null = null;
  const decide = (run: Waiting): boolean => {
    const wait: Wait | null = free <= 0 ? { for: 'slot', limit: slots } : heldUp(run, tally, room, keptFor);
    if (wait === null) {
      start.push(run.id);
      tally.add(run);
      free -= 1;
      room -= run.memory;
      return true;
    }
    waits.set(run.id, wait);
    if (wait.for === 'memory' && keptFor === null && now - run.since >= PASS_MS) keptFor = run;
    return false;
  };
  if (free > 0) inTurn(situation, decide, () => free > 0);
  const begins = new Set(start);
  for (const { id } of situation.waiting)
    if (!begins.has(id) && !waits.has(id)) waits.set(id, { for: 'slot', limit: slots });
  return { start, waits };
}

/** The ids of all waiting runs in the order in which they would start if nothing but their turn held them up. */
export function inOrder(situation: Pick<Situation, 'now' | 'waiting' | 'going' | 'served'>): string[] {
  const ids: string[] = [];
  inTurn(situation, (run) => ids.push(run.id) > 0);
  return ids;
}

function heldUp(run: Waiting, tally: Tally, room: number, keptFor: Waiting | null): Wait | null {
  for (const group of run.groups) {
    const taken = tally.of(group);
    if (group.runs !== null && taken.runs >= group.runs) return { for: 'runs', group, limit: group.runs };
    for (const what of ['memory', 'cpu'] as const) {
      const limit = group[what];
      if (limit !== null && taken[what] + run[what] > limit)
        return { for: 'quota', of: what, group, limit, taken: taken[what], needs: run[what] };
    }
  }
  if (run.memory > room) return { for: 'memory', needs: run.memory, room: Math.max(0, room) };
  return keptFor === null ? null : { for: 'larger', needs: keptFor.memory };
}
