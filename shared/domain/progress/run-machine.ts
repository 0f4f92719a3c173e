/** The life of a run: one transition function, closed over every state and event (RUN-2). */
import type { Outcome, RunState } from '../run.ts';

/** What may happen to a run. `end` carries the outcome that was decided; `stop`, `lost` and `error` may come in any live state. */
export type RunMove =
  | { readonly type: 'prepare' }
  | { readonly type: 'start' }
  | { readonly type: 'run' }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  | { readonly type: 'finish'; readonly outcome: Outcome }
  | { readonly type: 'stop' }
  | { readonly type: 'lost' }
  | { readonly type: 'error' }
  | { readonly type: 'close' };

export interface RunPosition {
  readonly state: RunState;
  /** Decided on the way to `finishing`, never changed afterwards. */
  readonly outcome: Outcome | null;
}

export const RUN_BEGIN: RunPosition = { state: 'queued', outcome: null };

const FORWARD: { readonly [S in RunState]?: { readonly [M in RunMove['type']]?: RunState } } = {
  queued: { prepare: 'preparing' },
  preparing: { start: 'starting' },
  starting: { run: 'running' },
  running: { pause: 'paused' },
  paused: { resume: 'running' },
};

/**
 * The next position, or `null` when the move is not legal here (the caller ignores or reports it).
 * A run that is queued ends at once; one that holds a sandbox ends through `finishing`; the first outcome wins.
 */
export function transition(at: RunPosition, move: RunMove): RunPosition | null {
  if (at.state === 'finished') return null;
  if (at.state === 'finishing') {
    if (move.type === 'close') return { state: 'finished', outcome: at.outcome };
    return null;
  }
  const forward = FORWARD[at.state]?.[move.type];
  if (forward) return { state: forward, outcome: null };
  const holds = at.state !== 'queued';
  switch (move.type) {
    case 'finish':
      return at.state === 'running' || at.state === 'paused' || at.state === 'starting'
        ? { state: 'finishing', outcome: move.outcome }
        : null;
    case 'stop':
      return { state: holds ? 'finishing' : 'finished', outcome: 'cancelled' };
    case 'lost':
      return { state: holds ? 'finishing' : 'finished', outcome: 'engine-lost' };
    case 'error':
      return { state: holds ? 'finishing' : 'finished', outcome: 'engine-error' };
    default:
      return null;
  }
}

/** True while the run may still change. */
export function isLive(state: RunState): boolean {
  return state !== 'finished';
}
