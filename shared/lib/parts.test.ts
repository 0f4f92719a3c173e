import fc from 'fast-check';
import { expect, it } from 'vitest';
import { joinParts, splitParts } from './parts.ts';

const PORTS = /^\d+$/;
const texts = (given: string, joins?: RegExp) => splitParts(given, joins).map(({ text }) => text);

it.each([
  ['', []],
  [' , ,', []],
  ['a, b ,c', ['a', 'b', 'c']],
  ['"a, b", c', ['a, b', 'c']],
  ['" a ",""', [' a ', '']],
  ['"a\\nb"', ['a\nb']],
  ['"a" b', ['"a" b']],
  ['"open, b', ['"open', 'b']],
  ['"\\x", b', ['"\\x"', 'b']],
])('splits %j at commas outside quotes', (given, expected) => {
  expect(texts(given)).toEqual(expected);
});

it('leaves ports with the host before them (POL-4)', () => {
  expect(texts('*.cdn.example:443,8443, b.example', PORTS)).toEqual(['*.cdn.example:443,8443', 'b.example']);
  expect(texts('443, a', PORTS)).toEqual(['443', 'a']);
  expect(texts('"a", 443', PORTS)).toEqual(['a', '443']);
});

it('tells the word none from nothing', () => {
  expect(joinParts([])).toBe('none');
  expect(joinParts(['none'])).toBe('"none"');
  expect(splitParts('none, "none"')).toEqual([
    { text: 'none', quoted: false },
    { text: 'none', quoted: true },
  ]);
});

it('gives every list of words back', () => {
  const word = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'", \\an:1') }), fc.constantFrom('none', ''));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), (words) => {
      expect(texts(joinParts(words))).toEqual(words);
    }),
  );
});
