/** Which step the arrow keys lead to. Pure. */
import type { Laid, Placed, Point } from './layout.ts';

export type Move = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown' | 'Home' | 'End';

export const isMove = (key: string): key is Move =>
  ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'].includes(key);

/**
 * Left to what it needs, right to what needs it, up and down to the next one drawn in the same column;
 * without such a neighbour the same step.
 */
export function moved(steps: readonly Placed[], laid: Laid, from: string, move: Move): string {
  const here = laid.nodes.get(from);
  const first = steps[0]?.id ?? from;
  if (!here) return first;
  const nearest = (ids: readonly string[]): string => {
    let best = from;
    let least = Infinity;
    for (const id of ids) {
      const at = laid.nodes.get(id);
      if (!at) continue;
      const far = Math.abs(at.y - here.y) + Math.abs(at.x - here.x) / 1e6;
      if (far < least) [best, least] = [id, far];
    }
    return best;
  };
  switch (move) {
    case 'ArrowLeft':
      return nearest(steps.find(({ id }) => id === from)?.needs ?? []);
    case 'ArrowRight':
      return nearest(steps.filter(({ needs }) => needs.includes(from)).map(({ id }) => id));
    case 'ArrowUp':
      return nearest(inColumn(laid, here, (y) => y < here.y));
    case 'ArrowDown':
      return nearest(inColumn(laid, here, (y) => y > here.y));
    case 'Home':
      return first;
    case 'End':
      return steps.at(-1)?.id ?? from;
  }
}

const inColumn = (laid: Laid, here: Point, wanted: (y: number) => boolean): string[] =>
  [...laid.nodes].filter(([, { x, y }]) => x === here.x && wanted(y)).map(([id]) => id);
