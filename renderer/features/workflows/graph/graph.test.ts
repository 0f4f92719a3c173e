import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headOf, layoutOf, lineOf, NODE, type Placed } from './layout.ts';
import { moved, type Move } from './moves.ts';
import { edgesIn, EDGES_MAX, fitting, nodesIn, ZOOM } from './view.ts';

const step = (id: string, rank: number, ...needs: string[]): Placed => ({ id, rank, needs });
const PRICES = [step('fetch', 0), step('chart', 1, 'fetch'), step('mail', 2, 'chart', 'fetch'), step('log', 0)];

/** Any graph without a circle: each step needs some of those before it. */
const graphs = fc.array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 160 }).map((rows) => {
  const steps: Placed[] = [];
  for (const [index, picks] of rows.entries()) {
    const needs = index === 0 ? [] : [...new Set(picks.map((pick) => `s${pick % index}`))];
    const rank = Math.max(-1, ...needs.map((need) => steps[Number(need.slice(1))]?.rank ?? 0)) + 1;
    steps.push({ id: `s${index}`, needs, rank });
  }
  return steps;
});

describe('the layout of a workflow', () => {
  it('places each step once, right of what it needs or in a row below, and none over another (WF-1)', () =>
    fc.assert(
      fc.property(graphs, (steps) => {
        const { nodes, edges, width, height } = layoutOf(steps);
        expect(nodes.size).toBe(steps.length);
        const places = [...nodes.values()];
        for (const [index, a] of places.entries()) {
          expect(a.x).toBeGreaterThanOrEqual(0);
          expect(a.x + NODE.width).toBeLessThanOrEqual(width);
          expect(a.y).toBeGreaterThanOrEqual(0);
          expect(a.y + NODE.height).toBeLessThanOrEqual(height);
          for (const b of places.slice(index + 1))
            if (Math.abs(a.x - b.x) < NODE.width) expect(Math.abs(a.y - b.y)).toBeGreaterThanOrEqual(NODE.height);
        }
        for (const { id, needs } of steps)
          for (const need of needs)
            expect(
              Math.max(
                (nodes.get(id)?.x ?? 0) - (nodes.get(need)?.x ?? 0) - NODE.width,
                (nodes.get(id)?.y ?? 0) - (nodes.get(need)?.y ?? 0) - NODE.height,
              ),
            ).toBeGreaterThanOrEqual(0);
        expect(edges).toHaveLength(steps.reduce((sum, { needs }) => sum + needs.length, 0));
      }),
      { numRuns: 25 },
    ));

  it('leaves out what a broken file names but does not have', () => {
    const { nodes, edges } = layoutOf([step('a', 0, 'ghost', 'a'), step('b', 0, 'c'), step('c', 0, 'b')]);
    expect([...nodes.keys()]).toEqual(['a', 'b', 'c']);
    expect(edges.map(({ from, to }) => `${from}-${to}`)).toEqual(['c-b', 'b-c']);
    expect(layoutOf([]).edges).toEqual([]);
  });

  it('leads lines that pass other columns between the rows, never across a step', () => {
    const steps = Array.from({ length: 400 }, (_, index) =>
      step(`s${index}`, Math.floor(index / 200), ...(index < 200 ? [] : [`s${index - 200}`, 's0'])),
    );
    const { nodes, edges } = layoutOf(steps);
    const places = [...nodes.values()];
    const long = edges.filter(({ points }) => points.length > 2);
    expect(long.length).toBeGreaterThan(100);
    for (const { points } of long.slice(0, 50)) {
      const [, from, to] = points;
      for (const { x, y } of places)
        if (from && to && x < Math.max(from.x, to.x) && x + NODE.width > Math.min(from.x, to.x))
          expect(from.y > y && from.y < y + NODE.height).toBe(false);
    }
  });

  it('draws an edge from side to side, ending in an arrow at the step that needs', () => {
    const { nodes, edges } = layoutOf([step('a', 0), step('b', 1, 'a')]);
    const [a, b] = [nodes.get('a'), nodes.get('b')];
    const [edge] = edges;
    if (!a || !b || !edge) throw new Error('the layout lost something');
    expect(lineOf(edge)).toMatch(new RegExp(`^M${a.x + NODE.width} ${a.y + NODE.height / 2}C`, 'u'));
    expect(headOf(edge)).toContain(`L${b.x} ${b.y + NODE.height / 2}L`);
  });

  it('breaks a long list into rows, like text', () => {
    const list = Array.from({ length: 60 }, (_, index) =>
      step(`s${index}`, index, ...(index > 0 ? [`s${index - 1}`] : [])),
    );
    const { nodes, width, height } = layoutOf(list);
    expect(width / height).toBeLessThan(5);
    const rows = new Set([...nodes.values()].map(({ y }) => y));
    expect(rows.size).toBeGreaterThan(3);
    expect(nodes.get('s1')?.y).toBe(nodes.get('s0')?.y);
  });

  it('places a thousand steps, two hundred side by side (WF-1)', () => {
    const steps = Array.from({ length: 1_000 }, (_, index) =>
      step(
        `s${index}`,
        Math.floor(index / 200),
        ...(index < 200 ? [] : Array.from({ length: 200 }, (_, at) => `s${Math.floor(index / 200 - 1) * 200 + at}`)),
      ),
    );
    const laid = layoutOf(steps);
    expect(laid.nodes.size).toBe(1_000);
    expect(laid.edges).toHaveLength(160_000);
    const all = { left: 0, top: 0, right: laid.width, bottom: laid.height };
    expect(nodesIn(laid, all)).toHaveLength(1_000);
    expect(edgesIn(laid, all, null)).toEqual({ edges: [], left: true });
    const chosen = edgesIn(laid, all, 's300');
    expect(chosen.edges).toHaveLength(400);
    expect(chosen.edges.length).toBeLessThanOrEqual(EDGES_MAX);
    expect(laid.width / laid.height).toBeGreaterThan(1);
    expect(laid.width / laid.height).toBeLessThan(4);
    expect(nodesIn(laid, { left: 0, top: 0, right: 300, bottom: 600 }).length).toBeLessThan(20);
  });
});

describe('moving in the graph', () => {
  const laid = layoutOf(PRICES);
  const path = (from: string, ...keys: Move[]): string => keys.reduce((at, key) => moved(PRICES, laid, at, key), from);

  it('goes along edges by left and right, and stays where there is none (UX-3)', () => {
    expect(path('fetch', 'ArrowRight', 'ArrowRight')).toBe('mail');
    expect(path('mail', 'ArrowRight')).toBe('mail');
    expect(path('chart', 'ArrowLeft')).toBe('fetch');
    expect(path('chart', 'ArrowLeft', 'ArrowLeft')).toBe('fetch');
  });

  it('goes to the first and the last step, and begins with the first', () => {
    expect(path('chart', 'Home')).toBe('fetch');
    expect(path('chart', 'End')).toBe('log');
    expect(path('nothing', 'ArrowDown')).toBe('fetch');
  });

  it('comes to each step of a column by up and down', () => {
    const column = ['a', 'b', 'c'].map((id) => step(id, 0));
    const drawn = layoutOf(column);
    const top = [...drawn.nodes].toSorted(([, a], [, b]) => a.y - b.y)[0]?.[0] ?? '';
    const seen = new Set([top]);
    for (let at = top, times = 0; times < 4; times += 1) {
      at = moved(column, drawn, at, 'ArrowDown');
      seen.add(at);
    }
    expect(seen.size).toBe(3);
  });
});

describe('zooming', () => {
  it('fits the whole, never larger than life and never smaller than asked', () => {
    expect(fitting({ width: 2_000, height: 100 }, { width: 1_000, height: 1_000 })).toBe(0.5);
    expect(fitting({ width: 100, height: 100 }, { width: 1_000, height: 1_000 })).toBe(1);
    expect(fitting({ width: 1e6, height: 10 }, { width: 1_000, height: 1_000 })).toBe(ZOOM.least);
    expect(fitting({ width: 1e6, height: 10 }, { width: 1_000, height: 1_000 }, ZOOM.readable)).toBe(ZOOM.readable);
    expect(fitting({ width: 10, height: 10 }, { width: 0, height: 0 })).toBe(1);
  });
});
