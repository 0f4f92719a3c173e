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
