/** Where a key leads in a grid whose headings are cells as well. Pure. */

/** `row` 0 is the row of headings; `column` 0 the names of the settings. */
export interface Cell {
  readonly row: number;
  readonly column: number;
}

export interface Grid {
  readonly rows: number;
  readonly columns: number;
  /** Rows that are no place to stand: headings of groups. */
  readonly skipped: ReadonlySet<number>;
  /** Rows of a page. */
  readonly page: number;
}

function free(grid: Grid, wanted: number, by: 1 | -1): number {
  const last = grid.rows - 1;
  let row = Math.min(last, Math.max(0, wanted));
  while (grid.skipped.has(row) && row + by >= 0 && row + by <= last) row += by;
  // Nothing free that way: the nearest the other way.
  while (grid.skipped.has(row) && row - by >= 0 && row - by <= last) row -= by;
  return row;
}

/** The cell that a key leads to, or null for a key that moves nothing. `ctrl`: Home and End go to the corners. */
export function moved(grid: Grid, { row, column }: Cell, key: string, ctrl = false): Cell | null {
  const lastColumn = grid.columns - 1;
  switch (key) {
    case 'ArrowDown':
      return { row: free(grid, row + 1, 1), column };
    case 'ArrowUp':
      return { row: free(grid, row - 1, -1), column };
    case 'PageDown':
      return { row: free(grid, row + grid.page, 1), column };
    case 'PageUp':
      return { row: free(grid, row - grid.page, -1), column };
    case 'ArrowRight':
      return { row, column: Math.min(lastColumn, column + 1) };
    case 'ArrowLeft':
      return { row, column: Math.max(0, column - 1) };
    case 'Home':
      return ctrl ? { row: free(grid, 0, 1), column: 0 } : { row, column: 0 };
    case 'End':
      return ctrl ? { row: free(grid, grid.rows - 1, -1), column: lastColumn } : { row, column: lastColumn };
    default:
      return null;
  }
}
