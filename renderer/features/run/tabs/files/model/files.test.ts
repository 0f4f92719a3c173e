import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TakenFile } from '#shared/domain/exchange.ts';
import { tableOf } from './csv.ts';
import { kindOf, pretty, textOfStart, toFetch } from './kind.ts';
import { rowsOf } from './tree.ts';

const file = (path: string): TakenFile => ({ path, type: 'file', size: 1, executable: false });
const folder = (path: string): TakenFile => ({ path, type: 'folder', size: 0, executable: false });

describe('the tree (RUN-9)', () => {
  const files = [file('z'), folder('a'), file('a/2'), folder('a/b'), file('a/b/1'), file('a.txt'), folder('empty')];

  it('puts folders first and what is in them right behind', () => {
    expect(rowsOf(files, new Set()).map(({ file: { path }, depth, inside }) => [path, depth, inside])).toEqual([
      ['a', 0, 2],
      ['a/b', 1, 1],
      ['a/b/1', 2, 0],
      ['a/2', 1, 0],
      ['empty', 0, 0],
      ['a.txt', 0, 0],
      ['z', 0, 0],
    ]);
  });

  it('leaves out what is below a closed folder', () => {
    expect(rowsOf(files, new Set(['a'])).map(({ name }) => name)).toEqual(['a', 'empty', 'a.txt', 'z']);
  });
});

describe('tables (RUN-9)', () => {
  const most = { rows: 1000, columns: 100 };

  it('reads quotation marks, line ends and other separators', () => {
    expect(tableOf('a,b\r\n"x, ""y""",2\n\n"two\nlines",', most)).toEqual({
      head: ['a', 'b'],
      rows: [['x, "y"', '2'], [''], ['two\nlines', '']],
    });
    expect(tableOf('a;b,c;d\n1;2;3', most).head).toEqual(['a', 'b,c', 'd']);
    expect(tableOf('a\tb\n1\t2', most).rows).toEqual([['1', '2']]);
    expect(tableOf('', most)).toEqual({ head: [], rows: [] });
  });

  it('gives back what was written, and ends for any text', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', ';', ' '), maxLength: 6 });
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 8 }), (rows) => {
        const text = rows.map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(',')).join('\n');
        expect(tableOf(text, most)).toEqual({ head: rows[0], rows: rows.slice(1) });
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(tableOf(text, { rows: 3, columns: 2 }).rows.length).toBeLessThanOrEqual(3);
      }),
    );
  });
});

describe('how a file is looked at (RUN-9)', () => {
  it('goes by the name, and by the bytes where they are no text', () => {
    expect(kindOf('a/b.PNG', null)).toBe('image');
    expect(kindOf('x.svg', '<svg/>')).toBe('text');
    expect(kindOf('x.csv', 'a,b')).toBe('csv');
    expect(kindOf('x.json', null)).toBe('binary');
    expect(textOfStart(Uint8Array.of(65, 0), true)).toBeNull();
    expect(textOfStart(Uint8Array.of(65, 0xc3), false)).toBe('A');
    expect(textOfStart(Uint8Array.of(65, 0xc3), true)).toBeNull();
    expect(pretty('{"a":1')).toBeNull();
  });

  it('fetches no more than is shown', () => {
    expect(toFetch('a.png', 9 * 1024 * 1024)).toBe(0);
    expect(toFetch('a.txt', 10_000_000)).toBe(256 * 1024);
    expect(toFetch('a.json', 1_000_000)).toBe(1_000_000);
  });
});
