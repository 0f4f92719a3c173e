/** Steps of a large workflow in columns by rank, with neighbours near what they need. Pure. */
import type { Placed } from './layout.ts';

/** One forward and one backward pass bring most neighbours together; more gain little. */
const PASSES = 2;

/** Ids by column; within a column in an order that keeps edges short. */
export function columnsOf(steps: readonly Placed[]): readonly (readonly string[])[] {
  const columns = [...Map.groupBy(steps, ({ rank }) => rank)]
    .toSorted(([a], [b]) => a - b)
    .map(([, of]) => of.map(({ id }) => id));
  const needs = new Map(steps.map(({ id, needs }) => [id, needs]));
  const needed = new Map<string, string[]>();
  for (const { id, needs } of steps)
    for (const need of needs) {
      const of = needed.get(need);
      if (of) of.push(id);
      else needed.set(need, [id]);
    }
  const place = new Map<string, number>();
  const settle = (column: readonly string[]): void => {
    for (const [index, id] of column.entries()) place.set(id, (index + 0.5) / column.length);
  };
  for (const column of columns) settle(column);
  const order = (column: string[], near: ReadonlyMap<string, readonly string[]>): string[] => {
    const wish = new Map(
      column.map((id) => {
        const places = (near.get(id) ?? []).flatMap((other) => place.get(other) ?? []);
        return [
          id,
          places.length === 0 ? (place.get(id) ?? 0) : places.reduce((sum, at) => sum + at, 0) / places.length,
        ];
      }),
    );
    const sorted = column.toSorted((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0));
    settle(sorted);
    return sorted;
  };
  for (let pass = 0; pass < PASSES; pass += 1) {
    for (let at = 1; at < columns.length; at += 1) columns[at] = order(columns[at] ?? [], needs);
    for (let at = columns.length - 2; at >= 0; at -= 1) columns[at] = order(columns[at] ?? [], needed);
  }
  return columns;
}

/** Width to height that the whole is brought near to. */
const ASPECT = 1.8;

/** Columns are never broken below so many steps, nor rows below so many columns. */
const LEAST = { rows: 12, columns: 6 } as const;

/**
 * Columns arranged so that the whole can be seen: a tall one becomes several side by side,
 * a long row of them several rows, one below the other. `unit` is the room of one step in pixels.
 */
export function bandsOf(
  columns: readonly (readonly string[])[],
  unit: { readonly width: number; readonly height: number },
): readonly (readonly (readonly string[])[])[] {
  const all = columns.reduce((sum, column) => sum + column.length, 0);
  const rows = Math.max(LEAST.rows, Math.ceil(Math.sqrt((all * unit.width) / (unit.height * ASPECT))));
  const broken = columns.flatMap((column) =>
    chunks(column, Math.ceil(column.length / Math.ceil(column.length / rows))),
  );
  const tallest = broken.reduce((most, column) => Math.max(most, column.length), 1);
  const across = Math.max(
    LEAST.columns,
    Math.ceil(Math.sqrt((ASPECT * broken.length * (tallest + 1) * unit.height) / unit.width)),
  );
  // A last row of a few columns is worse than one row that is a little too long.
  return broken.length <= across * 1.5 ? (broken.length > 0 ? [broken] : []) : chunks(broken, across);
}

function chunks<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
}
