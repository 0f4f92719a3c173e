import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OUTCOMES, RUN_STATES } from '../run.ts';
import { RUN_BEGIN, transition, type RunMove, type RunPosition } from './run-machine.ts';

const move: fc.Arbitrary<RunMove> = fc.oneof(
  fc.constantFrom<RunMove>(
    { type: 'prepare' },
    { type: 'start' },
    { type: 'run' },
    { type: 'pause' },
    { type: 'resume' },
    { type: 'stop' },
    { type: 'lost' },
    { type: 'error' },
    { type: 'close' },
  ),
  fc.constantFrom(...OUTCOMES).map((outcome): RunMove => ({ type: 'finish', outcome })),
);

function play(moves: readonly RunMove[]): RunPosition[] {
  const path: RunPosition[] = [RUN_BEGIN];
  for (const next of moves) {
    const to = transition(path.at(-1)!, next);
    if (to) path.push(to);
  }
  return path;
}

describe('run states (RUN-2)', () => {
  it('walks the main road to finished', () => {
    const path = play([
      { type: 'prepare' },
      { type: 'start' },
      { type: 'run' },
      { type: 'pause' },
      { type: 'resume' },
      { type: 'finish', outcome: 'succeeded' },
      { type: 'close' },
    ]);
    expect(path.map((at) => at.state)).toEqual([
      'queued',
      'preparing',
      'starting',
      'running',
      'paused',
      'running',
      'finishing',
      'finished',
    ]);
    expect(path.at(-1)).toEqual({ state: 'finished', outcome: 'succeeded' });
  });

  it('ends from every live state on stop, engine loss and engine error', () => {
    for (const state of RUN_STATES.filter((one) => one !== 'finished' && one !== 'finishing')) {
      for (const [type, outcome] of [
        ['stop', 'cancelled'],
        ['lost', 'engine-lost'],
        ['error', 'engine-error'],
      ] as const) {
        const to = transition({ state, outcome: null }, { type });
        expect(['finishing', 'finished']).toContain(to?.state);
        expect(to?.outcome).toBe(outcome);
      }
    }
  });

  it('never leaves finished, never changes a decided outcome, never moves backwards', () => {
    const rank = { queued: 0, preparing: 1, starting: 2, running: 3, paused: 3, finishing: 4, finished: 5 };
    fc.assert(
      fc.property(fc.array(move, { maxLength: 40 }), (moves) => {
        const path = play(moves);
        for (let i = 1; i < path.length; i++) {
          const [before, after] = [path[i - 1]!, path[i]!];
          expect(before.state).not.toBe('finished');
          expect(rank[after.state]).toBeGreaterThanOrEqual(rank[before.state]);
          if (before.outcome) expect(after.outcome).toBe(before.outcome);
          expect(after.outcome !== null).toBe(after.state === 'finishing' || after.state === 'finished');
        }
      }),
    );
  });

  it('finishes every run whatever came before', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 40 }), (moves) => {
        const path = play([...moves, { type: 'error' }, { type: 'close' }]);
        expect(path.at(-1)?.state).toBe('finished');
      }),
    );
  });
});
