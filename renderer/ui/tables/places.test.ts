import fc from 'fast-check';
import { expect, it } from 'vitest';
import { between, itemsOf, moveTo, placeOf } from './places.ts';

const same = (row: string): string => row;

it('moves by a row, a page or to an end, and never past it', () => {
  const keys = fc.constantFrom('ArrowDown', 'ArrowUp', 'Home', 'End', 'PageDown', 'PageUp');
  fc.assert(
    fc.property(
      keys,
      fc.integer({ min: 1, max: 50 }),
      fc.nat(49),
      fc.integer({ min: 1, max: 20 }),
      (key, rows, from, page) => {
        const to = moveTo(key, Math.min(from, rows - 1), rows, page);
        expect(to).toBeGreaterThanOrEqual(0);
        expect(to).toBeLessThan(rows);
      },
    ),
  );
  expect(['ArrowDown', 'PageDown', 'End', 'Enter', 'constructor'].map((key) => moveTo(key, 3, 10, 4))).toEqual([
    4,
    7,
    9,
    null,
    null,
  ]);
});

it('finds a row by its key, also where it was not expected', () => {
  const rows = ['a', 'b', 'c'];
  expect(placeOf(rows, same, 'b', 1)).toBe(1);
  expect(placeOf(rows, same, 'c', 0)).toBe(2);
  expect(placeOf(rows, same, 'gone', 1)).toBe(-1);
  expect(placeOf(rows, same, undefined)).toBe(-1);
});

it('puts a detail right below each open row, and knows every place both ways', () => {
  const lists = fc.uniqueArray(fc.string({ maxLength: 3 }), { maxLength: 12 });
  fc.assert(
    fc.property(lists, fc.func(fc.boolean()), (rows, isOpen) => {
      const open = new Set(rows.filter((row) => isOpen(row)));
      const drawn = rows.flatMap((row, at) => [
        { at, detail: false },
        ...(open.has(row) ? [{ at, detail: true }] : []),
      ]);
      const items = itemsOf(rows, same, open);
      expect(items.count).toBe(drawn.length);
      expect(drawn.map((_, index) => items.at(index))).toEqual(drawn);
      for (const at of rows.keys()) expect(items.at(items.indexOf(at))).toEqual({ at, detail: false });
    }),
  );
});

it('takes a range in either direction, and none from a row that is gone (UX-3)', () => {
  const rows = ['a', 'b', 'c', 'd'].map((id) => ({ id }));
  expect(between(rows, 'b', 'd')).toEqual(['b', 'c', 'd']);
  expect(between(rows, 'd', 'b')).toEqual(['b', 'c', 'd']);
  expect(between(rows, 'gone', 'b')).toEqual([]);
});
