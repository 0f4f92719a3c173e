/** How much of a graph is seen, and how large. Pure. */
import { NODE, type Laid, type LaidEdge } from './layout.ts';

/** Pixels of the scrolled window, in the graph's own measure. */
export interface Seen {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export const ZOOM = {
  least: 0.08,
  most: 1.5,
  /** Shown at first no smaller than this, so that titles can be read. */
  readable: 0.76,
  /** Below it a step is its mark alone. */
  simple: 0.5,
  step: 1.25,
} as const;

/** Lines drawn at once; beyond, only those of the chosen step. */
export const EDGES_MAX = 1_500;

/** The scale at which the whole fits, between the given bounds. */
export function fitting(
  laid: Pick<Laid, 'width' | 'height'>,
  window: { readonly width: number; readonly height: number },
  least: number = ZOOM.least,
): number {
  if (window.width <= 0 || window.height <= 0) return 1;
  return Math.max(least, Math.min(1, window.width / laid.width, window.height / laid.height));
}

export const clamped = (scale: number): number => Math.min(ZOOM.most, Math.max(ZOOM.least, scale));

/** Ids of the steps that are in sight, in their order. */
export function nodesIn(laid: Laid, seen: Seen): string[] {
  const found: string[] = [];
  for (const [id, { x, y }] of laid.nodes)
    if (x < seen.right && x + NODE.width > seen.left && y < seen.bottom && y + NODE.height > seen.top) found.push(id);
  return found;
}

/** The edges to draw, and whether some in sight were left out because there are too many. */
export function edgesIn(
  laid: Laid,
  seen: Seen,
  chosen: string | null,
): { readonly edges: readonly LaidEdge[]; readonly left: boolean } {
  const edges = laid.edges.filter(
    (edge) => edge.left < seen.right && edge.right > seen.left && edge.top < seen.bottom && edge.bottom > seen.top,
  );
  if (edges.length <= EDGES_MAX) return { edges, left: false };
  return { edges: edges.filter(({ from, to }) => from === chosen || to === chosen).slice(0, EDGES_MAX), left: true };
}
