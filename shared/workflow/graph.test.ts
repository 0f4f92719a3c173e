import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ancestorsOf, graphOf } from './graph.ts';

const step = (id: string, needs: string[] | null = null, refers: string[] = []) => ({ id, needs, refers });

it('runs steps in order when none says what it needs (WF-1)', () => {
  const graph = graphOf([step('a'), step('b'), step('c')]);
  expect(graph).toMatchObject({ order: 'list', ids: ['a', 'b', 'c'], problems: [] });
  expect([...graph.needs]).toEqual([
    ['a', []],
    ['b', ['a']],
    ['c', ['b']],
  ]);
});

it('is a graph as soon as one step needs or names another (WF-1)', () => {
  const graph = graphOf([step('a'), step('b', null, ['a']), step('c'), step('d', ['b', 'c', 'b'], ['a'])]);
  expect(graph.order).toBe('graph');
  expect([...graph.needs]).toEqual([
    ['a', []],
    ['b', ['a']],
    ['c', []],
    ['d', ['b', 'c', 'a']],
  ]);
  expect(Object.fromEntries(graph.rank)).toEqual({ a: 0, b: 1, c: 0, d: 2 });
  expect(ancestorsOf(graph, 'd')).toEqual(['a', 'b', 'c']);
});

it('takes a need on a later step of the file for what it is (WF-1)', () => {
  const graph = graphOf([step('last', ['first']), step('first')]);
  expect(graph.problems).toEqual([]);
  expect(Object.fromEntries(graph.rank)).toEqual({ last: 1, first: 0 });
});

it.each([
  [[step('a', ['a'])], 'Step `a` needs itself.'],
  [[step('a', ['b']), step('b', ['a'])], 'Steps wait for each other: a → b → a.'],
  [[step('z'), step('a', ['c']), step('b', ['a']), step('c', ['b'])], 'Steps wait for each other: a → c → b → a.'],
  [[step('a', ['d']), step('b', ['c']), step('c', ['b']), step('d', ['b'])], 'Steps wait for each other: b → c → b.'],
  [[step('a'), step('a', [])], 'Two steps have the id `a`.'],
  [[step('fetch'), step('b', ['fetsh'])], 'Step `b` needs `fetsh`, which is no step of this workflow.'],
])('refuses %j', (steps, message) => {
  expect(graphOf(steps).problems.map((problem) => problem.message)).toEqual([message]);
});

it('suggests the step that was meant', () => {
  expect(graphOf([step('fetch'), step('b', ['fetsh'])]).problems[0]?.fix).toBe('Did you mean `fetch`?');
});

it('finds a cycle exactly when there is one, and ranks everything after what it needs (WF-1)', () => {
  const anyGraph = fc.array(fc.array(fc.nat(20), { maxLength: 3 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(anyGraph, (all) => {
      const steps = all.map((needs, at) => step(`s${at}`, [...new Set(needs.map((one) => `s${one % all.length}`))]));
      const { problems, rank, needs } = graphOf(steps);
      /** By definition: some step reaches itself. */
      const reaches = (from: string, seen: Set<string>): boolean =>
        (needs.get(from) ?? []).some((need) => {
          if (need === [...seen][0]) return true;
          if (seen.has(need)) return false;
          seen.add(need);
          return reaches(need, seen);
        });
      const cyclic = steps.some(({ id }) => reaches(id, new Set([id])));
      expect(problems.length > 0).toBe(cyclic);
      if (!cyclic)
        for (const [id, before] of needs)
          for (const need of before) expect(rank.get(need) ?? 0).toBeLessThan(rank.get(id) ?? 0);
    }),
    { numRuns: 500 },
  );
});
