/** Which row is where in a grid. Pure. */

/** Where a key leads from a row; null for a key that does not move. `page` is how many rows a page key goes. */
export function moveTo(key: string, at: number, rows: number, page: number): number | null {
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: rows - 1,
    PageDown: at + page,
    PageUp: at - page,
  };
  const to = Object.hasOwn(moves, key) ? moves[key] : undefined;
  return to === undefined ? null : Math.max(0, Math.min(rows - 1, to));
}

/** The place of a row by its key, -1 for none. `guess` is looked at first: rows seldom move, and there may be very many. */
export function placeOf<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  key: string | undefined,
  guess = -1,
): number {
  if (key === undefined) return -1;
  const there = rows[guess];
  return there !== undefined && keyOf(there) === key ? guess : rows.findIndex((row) => keyOf(row) === key);
}

export interface Items {
  readonly count: number;
  /** Which row an item is of, and whether it is the detail below it. */
  readonly at: (index: number) => { readonly at: number; readonly detail: boolean };
  /** Which item a row is. */
  readonly indexOf: (at: number) => number;
}

/** Rows and the details of the open ones, in the order in which they are drawn. */
export function itemsOf<Row>(rows: readonly Row[], keyOf: (row: Row) => string, open: ReadonlySet<string>): Items {
  const opened = open.size === 0 ? [] : rows.flatMap((row, at) => (open.has(keyOf(row)) ? [at] : []));
  /** How many rows before this one are open. */
  const before = (at: number): number => {
    const found = opened.findIndex((one) => one >= at);
    return found === -1 ? opened.length : found;
  };
  return {
    count: rows.length + opened.length,
    indexOf: (at) => at + before(at),
    at: (index) => {
      let details = 0;
      for (const at of opened) {
        if (at + details >= index) break;
        details += 1;
        if (at + details === index) return { at, detail: true };
      }
      return { at: index - details, detail: false };
    },
  };
}

/** Ids of the rows from one to another, in the order shown. */
export function between(rows: readonly { readonly id: string }[], from: string, to: string): string[] {
  const [a, b] = [rows.findIndex(({ id }) => id === from), rows.findIndex(({ id }) => id === to)];
  return a === -1 || b === -1 ? [] : rows.slice(Math.min(a, b), Math.max(a, b) + 1).map(({ id }) => id);
}
