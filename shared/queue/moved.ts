/** What a person's own order comes to (RUN-8). Pure. */

/**
 * `order`: who waits, next one first; `placed`: the place that a person has given to a run.
 * Puts `id` before `before`, null: behind all, and gives places to it and to all ahead of it, so that what they see is what happens;
 * places given earlier stay. Null when one of the two does not wait.
 */
export function moved(
  order: readonly string[],
  id: string,
  before: string | null,
  placed: (id: string) => number | undefined,
): ReadonlyMap<string, number> | null {
  if (!order.includes(id) || (before !== null && !order.includes(before))) return null;
  if (id === before) before = order[order.indexOf(id) + 1] ?? null;
  const others = order.filter((one) => one !== id);
  const at = before === null ? others.length : others.indexOf(before);
  const next = others.toSpliced(at, 0, id);
  const last = next.findLastIndex((one) => one === id || placed(one) !== undefined);
  return new Map(next.slice(0, last + 1).map((one, index) => [one, index]));
}
