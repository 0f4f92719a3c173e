import fc from 'fast-check';
import { expect, it } from 'vitest';
import { STEP_STATES, type WorkflowDetail, type WorkflowStep } from '../domain/workflow.ts';
import { changesOf, withChanges } from './changes.ts';

const PLAN: WorkflowDetail['plan'] = {
  names: ['w'],
  workflow: 'w',
  description: '',
  order: 'list',
  steps: [],
  file: null,
  problems: [],
  warnings: [],
  secrets: [],
};

const stepOf = (id: number): fc.Arbitrary<WorkflowStep> =>
  fc.record({
    id: fc.constant(`s${id}`),
    title: fc.constant('Step'),
    needs: fc.constant([]),
    rank: fc.constant(0),
    state: fc.constantFrom(...STEP_STATES),
    why: fc.constantFrom('', 'It was stopped.'),
    runs: fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 }),
    outcome: fc.constantFrom(null, 'succeeded' as const),
    startedAt: fc.option(fc.nat(9)),
    endedAt: fc.option(fc.nat(9)),
  });
const detailOf = (steps: number): fc.Arbitrary<WorkflowDetail> =>
  fc.record({
    summary: fc.record({
      id: fc.constant('W1'),
      file: fc.constant('flow.yaml'),
      workflow: fc.constant('w'),
      state: fc.constantFrom('running' as const, 'finished' as const),
      outcome: fc.constantFrom(null, 'failed' as const),
      startedAt: fc.constant(1),
      endedAt: fc.option(fc.nat(9)),
      counts: fc.constant(Object.fromEntries(STEP_STATES.map((state) => [state, 0])) as never),
    }),
    plan: fc.constant(PLAN),
    steps: fc.tuple(...Array.from({ length: steps }, (_, id) => stepOf(id))).map((all) => [...all]),
    text: fc.constant('workflows: {}'),
    variables: fc.dictionary(fc.constantFrom('x', 'y'), fc.nat(3)),
  });
const two = fc.nat(6).chain((steps) => fc.tuple(detailOf(steps), detailOf(steps)));

it('tells enough to know the state after, and the state before where nothing changed (WF-1)', () => {
  fc.assert(
    fc.property(two, ([before, after]) => {
      expect(withChanges(before, changesOf(before, after))).toEqual(after);
      expect(changesOf(after, structuredClone(after))).toEqual({ summary: after.summary, steps: [] });
    }),
  );
});

it('tells only the steps that changed, and never the plan or the file again (WF-1)', () => {
  fc.assert(
    fc.property(two, fc.nat(5), ([before], at) => {
      const step = before.steps[at];
      fc.pre(step !== undefined);
      const after = { ...before, steps: before.steps.with(at, { ...step, why: `${step.why} It ended.` }) };
      const change = changesOf(before, after);
      expect(Object.keys(change)).toEqual(['summary', 'steps']);
      expect(change.steps).toEqual([after.steps[at]]);
      const drawn = withChanges(before, change);
      for (const [place, one] of before.steps.entries()) if (place !== at) expect(drawn.steps[place]).toBe(one);
    }),
  );
});
