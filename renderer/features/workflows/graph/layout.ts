/** Where each step and each edge of a workflow's graph is drawn, ranks from left to right. Pure. */
import { Graph, layout } from '@dagrejs/dagre';
import { bandsOf, columnsOf } from './columns.ts';

/** What the drawing needs of a step. */
export interface Placed {
  readonly id: string;
  readonly needs: readonly string[];
  /** Position from the left; 0 needs nothing. */
  readonly rank: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A line from what is needed to what needs it, with the box that holds it. */
export interface LaidEdge {
  readonly from: string;
  readonly to: string;
  readonly points: readonly Point[];
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Laid {
  /** Top left corner of each step by id, in the order of the steps. */
  readonly nodes: ReadonlyMap<string, Point>;
  readonly edges: readonly LaidEdge[];
  /** Pixels at full size, margins included. */
  readonly width: number;
  readonly height: number;
}

/** Pixels at full size. */
export const NODE = { width: 180, height: 52 } as const;
export const GAP = { across: 32, down: 14, margin: 16 } as const;

/** Beyond these the fine layout takes long enough to be felt (0.1 s), so columns stand in for it. */
const FINE = { steps: 100, edges: 250 } as const;

/** A row longer than this is broken like a line of text. */
const LONG = { width: 2_400, ratio: 4 } as const;

const HEAD = 6;

/** Edges that lead between two known steps, each once. */
function edgesOf(steps: readonly Placed[]): { from: string; to: string }[] {
  const known = new Set(steps.map(({ id }) => id));
  return steps.flatMap(({ id, needs }) =>
    [...new Set(needs)].filter((need) => known.has(need) && need !== id).map((need) => ({ from: need, to: id })),
  );
}

/** Lays out any steps; those that need one another in a circle are placed too. */
export function layoutOf(steps: readonly Placed[]): Laid {
  const edges = edgesOf(steps);
  if (steps.length > FINE.steps || edges.length > FINE.edges) return coarse(steps, edges);
  const laid = fine(steps, edges);
  return laid.width > LONG.width && laid.width > LONG.ratio * laid.height ? coarse(steps, edges) : laid;
}

function fine(steps: readonly Placed[], edges: readonly { from: string; to: string }[]): Laid {
  const graph = new Graph();
  graph.setGraph({
    rankdir: 'LR',
    nodesep: GAP.down,
    edgesep: GAP.down,
    ranksep: GAP.across,
    marginx: GAP.margin,
    marginy: GAP.margin,
  });
  for (const { id } of steps) graph.setNode(id, { ...NODE });
  for (const { from, to } of edges) graph.setEdge(from, to, {});
  if (steps.length > 0) layout(graph);
  const nodes = new Map(
    steps.map(({ id }) => {
      const at = graph.node(id) as Point;
      return [id, { x: Math.round(at.x - NODE.width / 2), y: Math.round(at.y - NODE.height / 2) }];
    }),
  );
  return finished(
    nodes,
    edges.map(({ from, to }) => {
      const { points = [] } = graph.edge(from, to) as { points?: Point[] };
      return { from, to, bends: points.slice(1, -1) };
    }),
  );
}

function coarse(steps: readonly Placed[], edges: readonly { from: string; to: string }[]): Laid {
  const unit = { width: NODE.width + GAP.across, height: NODE.height + GAP.down };
  const nodes = new Map<string, Point>();
  /** The room above each step's row, where lines from the row before come in. */
  const above = new Map<string, number>();
  let top: number = GAP.margin;
  for (const band of bandsOf(columnsOf(steps), unit)) {
    const tallest = Math.max(...band.map((column) => column.length));
    for (const [across, column] of band.entries())
      for (const [down, id] of column.entries()) {
        above.set(id, top - GAP.down);
        nodes.set(id, {
          x: GAP.margin + across * unit.width,
          // Whole rows, so that the room between them is the same in all columns.
          y: top + (down + Math.floor((tallest - column.length) / 2)) * unit.height,
        });
      }
    top += tallest * unit.height + GAP.down;
  }
  return finished(
    nodes,
    edges.map((edge) => ({ ...edge, bends: around(nodes.get(edge.from), nodes.get(edge.to), above.get(edge.to)) })),
  );
}

/** Lines that pass other columns, or lead back to the left, go between the rows: across steps they would seem to join those. */
function around(source: Point | undefined, target: Point | undefined, above = 0): Point[] {
  if (!source || !target) return [];
  const back = target.x <= source.x;
  if (!back && target.x - source.x <= NODE.width + GAP.across) return [];
  const y = back ? above : target.y - GAP.down / 2;
  return [
    { x: source.x + NODE.width + GAP.across / 2, y },
    { x: target.x - GAP.across / 2, y },
  ];
}

function finished(
  nodes: ReadonlyMap<string, Point>,
  edges: readonly { from: string; to: string; bends: readonly Point[] }[],
): Laid {
  const places = [...nodes.values()];
  const most = (of: (place: Point) => number): number => places.reduce((max, place) => Math.max(max, of(place)), 0);
  return {
    nodes,
    edges: edges.flatMap((edge) => drawn(edge, nodes.get(edge.from), nodes.get(edge.to))),
    width: most(({ x }) => x) + NODE.width + GAP.margin,
    height: most(({ y }) => y) + NODE.height + GAP.margin,
  };
}

function drawn(
  { from, to, bends }: { from: string; to: string; bends: readonly Point[] },
  source: Point | undefined,
  target: Point | undefined,
): LaidEdge[] {
  if (!source || !target) return [];
  const start = { x: source.x + NODE.width, y: source.y + NODE.height / 2 };
  const end = { x: target.x - HEAD, y: target.y + NODE.height / 2 };
  const points = [start, ...bends, end];
  let [left, right, top, bottom] = [start.x, start.x, start.y, start.y];
  for (const { x, y } of points) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return [{ from, to, points, left, right: right + HEAD, top: top - HEAD, bottom: bottom + HEAD }];
}

/** The line of an edge as an SVG path. */
export function lineOf({ points }: LaidEdge): string {
  return points
    .map((point, index) => {
      const before = points[index - 1];
      if (!before) return `M${spot(point)}`;
      const middle = (before.x + point.x) / 2;
      return `C${spot({ x: middle, y: before.y })} ${spot({ x: middle, y: point.y })} ${spot(point)}`;
    })
    .join('');
}

/** The small arrow at the end of an edge as an SVG path. */
export function headOf({ points }: LaidEdge): string {
  const { x, y } = points.at(-1) ?? { x: 0, y: 0 };
  return `M${spot({ x: x - 1, y: y - 4 })}L${spot({ x: x + HEAD, y })}L${spot({ x: x - 1, y: y + 4 })}Z`;
}

const tenth = (value: number): number => Math.round(value * 10) / 10;
const spot = ({ x, y }: Point): string => `${tenth(x)} ${tenth(y)}`;
