import fc from 'fast-check';
import { expect, it } from 'vitest';
import { joinWords, splitWords } from './words.ts';

it.each([
  ['', []],
  ['  ', []],
  ['AAPL NVDA', ['AAPL', 'NVDA']],
  ['--name "two words"', ['--name', 'two words']],
  [`'it is' "a \\"b\\""`, ['it is', 'a "b"']],
  ['a\\ b', ['a b']],
  ['""', ['']],
  ['$HOME *.py', ['$HOME', '*.py']],
  [`x'y'z`, ['xyz']],
])('splits %j like a shell that expands nothing (RUN-4)', (text, words) =>
  expect(splitWords(text)).toEqual({ words, error: null }),
);

it('says that a quote is not closed', () => expect(splitWords('a "b').error).toBe('The " is not closed.'));

it('writes arguments so that they are read back the same', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (words) => {
      expect(splitWords(joinWords(words)).words).toEqual(words);
    }),
  );
});
