/** Colours of the terminal; dark in both themes, so that what a script prints looks as its author saw it. */
import type { ITheme } from '@xterm/xterm';
import { token } from '../../../ui/theme.ts';

/** Tint of stderr where the script chose no colour, `r;g;b`. */
export const STDERR_TINT = '255;154;143';

export function terminalTheme(): ITheme {
  const ground = token('terminal');
  const text = token('terminal-text');
  return {
    background: ground,
    foreground: text,
    cursor: text,
    cursorAccent: ground,
    selectionBackground: '#2f6f8f99',
    black: '#3a4552',
    red: '#ff7b6e',
    green: '#7fd99b',
    yellow: '#e3b341',
    blue: '#7aa8ff',
    magenta: '#cf9bff',
    cyan: '#4fd1c5',
    white: '#cfd6df',
    brightBlack: '#7d8896',
    brightRed: '#ffa198',
    brightGreen: '#a6e9ba',
    brightYellow: '#f2cc60',
    brightBlue: '#a5c5ff',
    brightMagenta: '#e0bfff',
    brightCyan: '#7ee5db',
    brightWhite: '#ffffff',
  };
}
