import { expect, it } from 'vitest';
import { Tint } from './tint.ts';

const ON = '\u001b[38;2;1;2;3m';
const OFF = '\u001b[39m';

it('tints stderr and gives the default back at its end (RUN-5)', () => {
  expect(new Tint('1;2;3').apply('stderr', 'oops')).toBe(`${ON}oops${OFF}`);
});

it('leaves stdout as it is (RUN-5)', () => {
  expect(new Tint('1;2;3').apply('stdout', '\u001b[31mred\u001b[0m')).toBe('\u001b[31mred\u001b[0m');
});

it('keeps a colour that the script chose, on either stream (RUN-5)', () => {
  const tint = new Tint('1;2;3');
  tint.apply('stdout', '\u001b[1;32m');
  expect(tint.apply('stderr', 'green')).toBe('green');
  expect(tint.apply('stderr', '\u001b[0mplain')).toBe(`\u001b[0m${ON}plain${OFF}`);
});

it('does not take the numbers of an extended colour for codes (RUN-5)', () => {
  const tint = new Tint('1;2;3');
  tint.apply('stdout', '\u001b[48;5;31m');
  expect(tint.apply('stderr', 'a')).toBe(`${ON}a${OFF}`);
  tint.apply('stdout', '\u001b[38;5;39m');
  expect(tint.apply('stderr', 'a')).toBe('a');
  tint.apply('stdout', '\u001b[38:2::0:0:0m\u001b[48;2;0;0;0m');
  expect(tint.apply('stderr', 'a')).toBe('a');
});
