import fc from 'fast-check';
import { expect, test } from 'vitest';
import { moved, type Grid } from './grid-moves.ts';

const grid: Grid = { rows: 8, columns: 4, skipped: new Set([1, 5]), page: 3 };

test('steps over the headings of groups in both directions (UX-3)', () => {
  expect(moved(grid, { row: 0, column: 2 }, 'ArrowDown')).toEqual({ row: 2, column: 2 });
  expect(moved(grid, { row: 2, column: 2 }, 'ArrowUp')).toEqual({ row: 0, column: 2 });
  expect(moved(grid, { row: 4, column: 1 }, 'ArrowDown')).toEqual({ row: 6, column: 1 });
});

test('stays inside at every edge', () => {
  expect(moved(grid, { row: 7, column: 3 }, 'ArrowDown')).toEqual({ row: 7, column: 3 });
  expect(moved(grid, { row: 7, column: 3 }, 'ArrowRight')).toEqual({ row: 7, column: 3 });
  expect(moved(grid, { row: 0, column: 0 }, 'ArrowUp')).toEqual({ row: 0, column: 0 });
  expect(moved(grid, { row: 0, column: 0 }, 'ArrowLeft')).toEqual({ row: 0, column: 0 });
});

test('goes to the ends of a row, and with Ctrl to the corners', () => {
  expect(moved(grid, { row: 3, column: 2 }, 'Home')).toEqual({ row: 3, column: 0 });
  expect(moved(grid, { row: 3, column: 2 }, 'End')).toEqual({ row: 3, column: 3 });
  expect(moved(grid, { row: 3, column: 2 }, 'Home', true)).toEqual({ row: 0, column: 0 });
  expect(moved(grid, { row: 3, column: 2 }, 'End', true)).toEqual({ row: 7, column: 3 });
});

test('leaves keys that move nothing to others', () => {
  for (const key of ['a', 'Enter', 'Escape', 'Tab']) expect(moved(grid, { row: 3, column: 2 }, key)).toBeNull();
});

test('never leaves the grid nor stands on a heading of a group, whatever is pressed', () => {
  const keys = ['ArrowDown', 'ArrowUp', 'ArrowLeft', 'ArrowRight', 'PageDown', 'PageUp', 'Home', 'End'];
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...keys), fc.boolean()), { maxLength: 40 }), (presses) => {
      let cell = { row: 0, column: 0 };
      for (const [key, ctrl] of presses) {
        cell = moved(grid, cell, key, ctrl) ?? cell;
        expect(grid.skipped.has(cell.row)).toBe(false);
        expect(cell.row).toBeGreaterThanOrEqual(0);
        expect(cell.row).toBeLessThan(grid.rows);
        expect(cell.column).toBeGreaterThanOrEqual(0);
        expect(cell.column).toBeLessThan(grid.columns);
      }
    }),
    { numRuns: 100 },
  );
});
