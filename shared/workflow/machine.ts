/** How far a workflow is: one pure function from what happened to what begins next (WF-1). */
import type { StepState, WorkflowSummary } from '../domain/workflow.ts';
import { ancestorsOf } from './graph.ts';

/** Steps of one workflow that are under way at once; how many of their runs go on is the queue's to say. */
export const WIDTH = 16;

/** What the machine knows of the steps. */
export interface Steps {
  /** In the order of the file. */
  readonly ids: readonly string[];
  readonly needs: ReadonlyMap<string, readonly string[]>;
  /** Steps after whose failure the others go on. */
  readonly goesOn: ReadonlySet<string>;
}

export interface StepAt {
  readonly state: StepState;
  /** One sentence; empty where nothing needs saying. */
  readonly why: string;
}

export interface Position {
  readonly steps: ReadonlyMap<string, StepAt>;
  /** A person stopped it: nothing begins any more. */
  readonly stopped: boolean;
  /** Bellglass ended while it went on. */
  readonly interrupted: boolean;
}

/** How a step can end by itself. */
export type StepEnd = 'succeeded' | 'failed' | 'skipped' | 'cancelled';

export type WorkflowEvent =
  | { readonly type: 'begin' }
  | { readonly type: 'end'; readonly step: string; readonly as: StepEnd; readonly why: string }
  | { readonly type: 'stop' }
  | { readonly type: 'interrupt' }
  | { readonly type: 'retry'; readonly step: string };

export interface Moved {
  readonly position: Position;
  /** Steps that begin now. */
  readonly start: readonly string[];
}

export function beginning({ ids }: Steps): Position {
  return {
    steps: new Map(ids.map((id) => [id, { state: 'waiting', why: '' }])),
    stopped: false,
    interrupted: false,
  };
}

function stateOf({ steps }: Position, id: string): StepState {
  return steps.get(id)?.state ?? 'not-reached';
}

/** It lets what needs it begin. */
function passed(all: Steps, position: Position, id: string): boolean {
  const state = stateOf(position, id);
  return state === 'succeeded' || state === 'skipped' || (state === 'failed' && all.goesOn.has(id));
}

/** Nothing of it goes on or will begin. */
export function isOver({ steps }: Position): boolean {
  return [...steps.values()].every(({ state }) => state !== 'waiting' && state !== 'running');
}

/** Null while it goes on. */
export function outcomeOf(all: Steps, position: Position): WorkflowSummary['outcome'] {
  if (!isOver(position)) return null;
  if (position.interrupted) return 'interrupted';
  const states = [...position.steps].map(([id, { state }]) => (passed(all, position, id) ? 'passed' : state));
  if (states.includes('cancelled')) return 'cancelled';
  return states.every((state) => state === 'passed') ? 'succeeded' : 'failed';
}

/** Waiting steps that can never begin, since something before them did not pass. */
function unreachable(all: Steps, position: Position): Map<string, StepAt> {
  const steps = new Map(position.steps);
  // A step is marked once, and then looks at what needs it: linear in steps and needs.
  const dependents = new Map<string, string[]>();
  for (const [id, needs] of all.needs)
    for (const need of needs) dependents.set(need, [...(dependents.get(need) ?? []), id]);
  const open = all.ids.filter((id) => {
    const state = stateOf(position, id);
    return (state === 'failed' && !all.goesOn.has(id)) || state === 'not-reached' || state === 'cancelled';
  });
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const next of dependents.get(id) ?? []) {
      if (steps.get(next)?.state !== 'waiting') continue;
      const { state = 'failed' } = steps.get(id) ?? {};
      const became = state === 'failed' ? 'failed' : state === 'cancelled' ? 'was cancelled' : 'was not reached';
      steps.set(next, { state: 'not-reached', why: `Step ${id} before it ${became}.` });
      open.push(next);
    }
  }
  return steps;
}

/** `whole`: more than one step may have ended without passing since it was looked at last. */
function onward(all: Steps, position: Position, whole: boolean): Moved {
  if (position.stopped || position.interrupted) return { position, start: [] };
  const steps = whole ? unreachable(all, position) : new Map(position.steps);
  const settled = { ...position, steps };
  let under = [...steps.values()].filter(({ state }) => state === 'running').length;
  const start: string[] = [];
  for (const id of all.ids) {
    if (under >= WIDTH) break;
    if (steps.get(id)?.state !== 'waiting') continue;
    if (!(all.needs.get(id) ?? []).every((need) => passed(all, settled, need))) continue;
    start.push(id);
    under += 1;
  }
  for (const id of start) steps.set(id, { state: 'running', why: '' });
  return { position: settled, start };
}

function change(position: Position, from: StepState, to: StepAt): Map<string, StepAt> {
  return new Map([...position.steps].map(([id, at]) => [id, at.state === from ? to : at]));
}

/** A step and everything that needs it, directly or not. */
function withDependents(all: Steps, step: string): ReadonlySet<string> {
  const found = new Set([step]);
  let grown = true;
  while (grown) {
    grown = false;
    for (const [id, needs] of all.needs)
      if (!found.has(id) && needs.some((need) => found.has(need))) {
        found.add(id);
        grown = true;
      }
  }
  return found;
}

/** Why a step cannot be run again, or null when it can. */
export function retryProblem(all: Steps, position: Position, step: string): string | null {
  if (!all.needs.has(step)) return `This workflow has no step ${step.slice(0, 60)}.`;
  if (!isOver(position)) return 'The workflow still goes on.';
  const before = ancestorsOf(all, step).find((id) => !passed(all, position, id));
  return before === undefined ? null : `Step ${before} before it has not succeeded; run that one again.`;
}

/** What becomes of a workflow. An event that cannot happen where it is changes nothing. */
export function move(all: Steps, position: Position, event: WorkflowEvent): Moved {
  switch (event.type) {
    case 'begin':
      return onward(all, position, true);
    case 'end': {
      if (stateOf(position, event.step) !== 'running') return { position, start: [] };
      const steps = new Map(position.steps).set(event.step, { state: event.as, why: event.why });
      const ended = { ...position, steps };
      return onward(all, ended, !passed(all, ended, event.step));
    }
    case 'stop': {
      if (isOver(position)) return { position, start: [] };
      const steps = change(position, 'waiting', { state: 'cancelled', why: 'The workflow was stopped before it.' });
      return { position: { ...position, steps, stopped: true }, start: [] };
    }
    case 'interrupt': {
      if (isOver(position)) return { position, start: [] };
      const steps = change(
        { ...position, steps: change(position, 'running', { state: 'failed', why: 'Bellglass ended while it ran.' }) },
        'waiting',
        { state: 'not-reached', why: 'Bellglass ended before it.' },
      );
      return { position: { ...position, steps, interrupted: true }, start: [] };
    }
    case 'retry': {
      if (retryProblem(all, position, event.step) !== null) return { position, start: [] };
      const again = withDependents(all, event.step);
      const steps = new Map(
        [...position.steps].map(([id, at]) => [id, again.has(id) ? { state: 'waiting' as const, why: '' } : at]),
      );
      return onward(all, { steps, stopped: false, interrupted: false }, true);
    }
  }
}
