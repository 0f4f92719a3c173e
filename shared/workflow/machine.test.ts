import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StepState } from '../domain/workflow.ts';
import { graphOf } from './graph.ts';
import {
  beginning,
  isOver,
  move,
  outcomeOf,
  retryProblem,
  WIDTH,
  type Position,
  type StepEnd,
  type Steps,
} from './machine.ts';

/** Steps whose needs come earlier in the order of their numbers, shuffled in the file. */
const anySteps: fc.Arbitrary<Steps> = fc
  .record({
    needs: fc.array(fc.array(fc.nat(1000), { maxLength: 4 }), { minLength: 1, maxLength: 30 }),
    goesOn: fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }),
    list: fc.boolean(),
    order: fc.infiniteStream(fc.nat()),
  })
  .map(({ needs, goesOn, list, order }) => {
    const linked = needs.map((all, at) => ({
      id: `s${at}`,
      needs: list ? null : at === 0 ? [] : [...new Set(all.map((one) => `s${one % at}`))],
      refers: [],
    }));
    const places = linked.map((step) => ({ step, place: list ? 0 : (order.next().value ?? 0) }));
    const graph = graphOf(places.toSorted((a, b) => a.place - b.place).map(({ step }) => step));
    expect(graph.problems).toEqual([]);
    return {
      ids: graph.ids,
      needs: graph.needs,
      goesOn: new Set(graph.ids.filter((_, at) => goesOn[at])),
    };
  });

type Happening = { readonly pick: number; readonly as: StepEnd } | 'stop' | 'interrupt';
const anyHappening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 40,
    arbitrary: fc.record({
      pick: fc.nat(),
      as: fc.constantFrom<StepEnd>('succeeded', 'succeeded', 'succeeded', 'failed', 'skipped', 'cancelled'),
    }),
  },
  { weight: 1, arbitrary: fc.constant('stop' as const) },
  { weight: 1, arbitrary: fc.constant('interrupt' as const) },
);

const stateOf = (position: Position, id: string): StepState => position.steps.get(id)?.state ?? 'waiting';
const passed = (all: Steps, position: Position, id: string): boolean => {
  const state = stateOf(position, id);
  return state === 'succeeded' || state === 'skipped' || (state === 'failed' && all.goesOn.has(id));
};

interface Played {
  readonly position: Position;
  readonly started: readonly string[];
}

/** Plays happenings until nothing goes on, and checks every step on the way. */
function play(all: Steps, from: Position, first: Parameters<typeof move>[2], happenings: Iterator<Happening>): Played {
  const started: string[] = [];
  let over: Position | null = null;
  const take = (moved: ReturnType<typeof move>): Position => {
    for (const id of moved.start) {
      // Begins only when everything that it needs has passed, and never after a stop.
      for (const need of all.needs.get(id) ?? []) expect(passed(all, moved.position, need)).toBe(true);
      expect(over).toBeNull();
      expect(stateOf(moved.position, id)).toBe('running');
      started.push(id);
    }
    const running = all.ids.filter((id) => stateOf(moved.position, id) === 'running').length;
    expect(running).toBeLessThanOrEqual(WIDTH);
    return moved.position;
  };
  let position = take(move(all, from, first));
  for (let guard = 0; !isOver(position); guard++) {
    expect(guard).toBeLessThan(10_000);
    const happening = happenings.next().value as Happening;
    if (typeof happening === 'string') {
      position = take(move(all, position, { type: happening }));
      over ??= position;
      continue;
    }
    const running = all.ids.filter((id) => stateOf(position, id) === 'running');
    // Something is always under way while it is not over: nothing waits for ever.
    expect(running.length).toBeGreaterThan(0);
    const step = running[happening.pick % running.length] ?? '';
    position = take(move(all, position, { type: 'end', step, as: happening.as, why: '' }));
    // An end is told once; a second one changes nothing.
    expect(move(all, position, { type: 'end', step, as: 'failed', why: 'late' }).position).toBe(position);
  }
  return { position, started };
}

describe('a workflow', () => {
  it('ends every step exactly once, in order, whatever happens (WF-1)', () => {
    fc.assert(
      fc.property(anySteps, fc.infiniteStream(anyHappening), (all, happenings) => {
        const { position, started } = play(all, beginning(all), { type: 'begin' }, happenings);
        expect(new Set(started).size).toBe(started.length);
        for (const id of all.ids) {
          const state = stateOf(position, id);
          expect(state).not.toBe('waiting');
          if (!started.includes(id)) expect(['not-reached', 'cancelled']).toContain(state);
          if (state === 'not-reached' && !position.interrupted)
            expect((all.needs.get(id) ?? []).some((need) => !passed(all, position, need))).toBe(true);
        }
        const outcome = outcomeOf(all, position);
        expect(outcome).not.toBeNull();
        expect(outcome === 'succeeded').toBe(all.ids.every((id) => passed(all, position, id)) && !position.interrupted);
        if (position.interrupted) expect(outcome).toBe('interrupted');
      }),
      { numRuns: 500 },
    );
  });

  it('reaches every step when each one passes (WF-1)', () => {
    fc.assert(
      fc.property(anySteps, (all) => {
        const passing = (function* () {
          for (;;) yield { pick: 0, as: 'succeeded' as const };
        })();
        const { position, started } = play(all, beginning(all), { type: 'begin' }, passing);
        expect(started.toSorted()).toEqual([...all.ids].toSorted());
        expect(outcomeOf(all, position)).toBe('succeeded');
      }),
    );
  });

  it('runs a step and what needs it again, and nothing else (WF-1, RUN-13)', () => {
    fc.assert(
      fc.property(anySteps, fc.infiniteStream(anyHappening), fc.nat(), (all, happenings, pick) => {
        const first = play(all, beginning(all), { type: 'begin' }, happenings).position;
        const step = all.ids[pick % all.ids.length] ?? '';
        const problem = retryProblem(all, first, step);
        const moved = move(all, first, { type: 'retry', step });
        if (problem !== null) {
          expect(moved.position).toBe(first);
          return;
        }
        expect(moved.start).toEqual([step]);
        const { position, started } = play(all, first, { type: 'retry', step }, happenings);
        const again = new Set([step]);
        for (let size = 0; size !== again.size;) {
          size = again.size;
          for (const [id, needs] of all.needs) if (needs.some((need) => again.has(need))) again.add(id);
        }
        for (const id of started) expect(again.has(id)).toBe(true);
        for (const id of all.ids) if (!again.has(id)) expect(stateOf(position, id)).toBe(stateOf(first, id));
      }),
    );
  });

  it('says why a step was not reached (WF-1)', () => {
    const all: Steps = {
      ids: ['a', 'b', 'c'],
      needs: new Map([
        ['a', []],
        ['b', ['a']],
        ['c', ['b']],
      ]),
      goesOn: new Set(),
    };
    const begun = move(all, beginning(all), { type: 'begin' });
    const { position } = move(all, begun.position, { type: 'end', step: 'a', as: 'failed', why: 'It broke.' });
    expect(Object.fromEntries(position.steps)).toEqual({
      a: { state: 'failed', why: 'It broke.' },
      b: { state: 'not-reached', why: 'Step a before it failed.' },
      c: { state: 'not-reached', why: 'Step b before it was not reached.' },
    });
  });

  it('moves a thousand steps in a row (WF-1)', () => {
    const steps = Array.from({ length: 1000 }, (_, at) => ({ id: `s${at}`, needs: null, refers: [] }));
    const graph = graphOf(steps);
    const all: Steps = { ids: graph.ids, needs: graph.needs, goesOn: new Set() };
    let { position, start } = move(all, beginning(all), { type: 'begin' });
    let ended = 0;
    while (start[0] !== undefined) {
      ({ position, start } = move(all, position, { type: 'end', step: start[0], as: 'succeeded', why: '' }));
      ended += 1;
    }
    expect(ended).toBe(1000);
    expect(outcomeOf(all, position)).toBe('succeeded');
  });
});
