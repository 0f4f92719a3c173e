import { expect, it } from 'vitest';
import { stripTerminal } from './strip.ts';

it.each([
  ['plain\ttext\n', 'plain\ttext\n'],
  ['\u001B[31mred\u001B[0m\r\n', 'red\n'],
  ['\u001B]8;;javascript:alert(1)\u0007link\u001B]8;;\u0007', 'link'],
  ['\u001B]52;c;aGVsbG8=\u001B\\x', 'x'],
  ['a\bb\u0000c\u009Bd', 'abcd'],
  ['10 %\r20 %\r\u001B[Kdone\nnext\r\r\n', 'done\nnext\n'],
  ['\r', ''],
  ['50 %\r', '50 %'],
])('shows %j as %j', (text, shown) => expect(stripTerminal(text)).toBe(shown));
