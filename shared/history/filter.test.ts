import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseFilter } from './filter.ts';

it('reads words, numbers with units, alternatives and turned-round terms (RUN-12)', () => {
  expect(
    parseFilter('policy:untrusted outcome:failed,timed-out peak:>100MiB -runtime:node "two words" after:2026-01-31'),
  ).toEqual({
    problems: [],
    terms: [
      { kind: 'word', key: 'policy', values: ['untrusted'], not: false },
      { kind: 'word', key: 'outcome', values: ['failed', 'timed-out'], not: false },
      { kind: 'number', key: 'peak', comparison: '>', value: 100 * 1024 * 1024, not: false },
      { kind: 'word', key: 'runtime', values: ['node'], not: true },
      { kind: 'text', text: 'two words', not: false },
      { kind: 'number', key: 'after', comparison: '>=', value: new Date(2026, 0, 31).getTime(), not: false },
    ],
  });
});

it.each([
  ['colour:red', 0, 10, /nothing called `colour`/],
  ['a outcom:failed', 2, 13, /nothing called `outcom`/],
  ['outcome:faild', 0, 13, /no outcome `faild`/],
  ['outcome:', 0, 8, /no value/],
  ['x peak:100', 2, 8, /./],
  ['peak:>lots', 0, 10, /./],
  ['exit:ten', 0, 8, /exit code/],
  ['after:yesterday', 0, 15, /day is written/],
  ['after:>2026-01-01', 0, 17, /comparison by itself/],
  ['"open', 0, 5, /not closed/],
  ['name:"open', 0, 10, /not closed/],
  ['is:nonsense', 0, 11, /no is `nonsense`/],
])('says what is wrong in %j and where', (text, at, length, message) => {
  const { problems } = parseFilter(text);
  expect(problems).toEqual([{ at, length, message: expect.stringMatching(message), fix: expect.stringMatching(/./) }]);
});

it('suggests the key and the word that were meant', () => {
  expect(parseFilter('outcom:failed').problems[0]?.fix).toBe('Did you mean `outcome:`?');
  expect(parseFilter('outcome:faild').problems[0]?.fix).toBe('Did you mean `outcome:failed`?');
});

it('never throws, and each problem lies inside the text', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 1100 }), (text) => {
      for (const { at, length } of parseFilter(text).problems) {
        expect(at).toBeGreaterThanOrEqual(0);
        expect(at + length).toBeLessThanOrEqual(text.length);
      }
    }),
  );
});
