/**
 * Second line of defence inside the terminal: sequences that reach outside it, or that it would answer into the
 * script's stdin, end here (RUN-5). The first line is the sanitizer before the terminal.
 */
import type { IDisposable, IFunctionIdentifier, Terminal } from '@xterm/xterm';

type Parser = Terminal['parser'];

const swallow = (): boolean => true;

/** Titles, colours that can be asked for, clipboard, notifications, shell integration. OSC 8 is judged on its own. */
const OSC = [0, 1, 2, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 50, 51, 52, 99, 133, 777, 1337];

/** Device attributes, status and mode reports, window operations, terminal parameters, key protocols. */
const CSI: readonly IFunctionIdentifier[] = [
  { final: 'c' },
  { prefix: '>', final: 'c' },
  { prefix: '=', final: 'c' },
  { final: 'n' },
  { prefix: '?', final: 'n' },
  { prefix: '>', final: 'n' },
  { final: 't' },
  { prefix: '>', final: 't' },
  { intermediates: ' ', final: 't' },
  { final: 'x' },
  { intermediates: '$', final: 'p' },
  { prefix: '?', intermediates: '$', final: 'p' },
  { prefix: '>', final: 'q' },
  { prefix: '>', final: 'm' },
  { prefix: '?', final: 'u' },
  { prefix: '>', final: 'u' },
  { prefix: '<', final: 'u' },
  { prefix: '=', final: 'u' },
  { intermediates: '$', final: 'w' },
  { intermediates: '*', final: 'y' },
];

/** Modes that would send reports on focus, mouse or paste into stdin. */
const REPORT_MODES = new Set([9, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1015, 1016, 2004]);

/** DECRQSS, termcap queries, user keys, sixel. */
const DCS: readonly IFunctionIdentifier[] = [
  { intermediates: '$', final: 'q' },
  { intermediates: '+', final: 'q' },
  { intermediates: '+', final: 'p' },
  { final: '|' },
  { final: 'q' },
  { final: 'p' },
  { final: 't' },
];

/** True for an address that a link may show: http or https, short, without controls or a hidden user part. */
export function linkAllowed(address: string): boolean {
  if (address.length > 2048) return false;
  try {
    const url = new URL(address);
    return (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '' && url.password === '';
  } catch {
    return false;
  }
}

/** Registers the handlers; `interactive` keeps mouse and paste modes for a real terminal. */
export function guard(parser: Parser, interactive: boolean): IDisposable[] {
  return [
    ...OSC.map((code) => parser.registerOscHandler(code, swallow)),
    parser.registerOscHandler(8, (data) => {
      const address = data.slice(data.indexOf(';') + 1);
      return address !== '' && !linkAllowed(address);
    }),
    ...CSI.map((id) => parser.registerCsiHandler(id, swallow)),
    ...DCS.map((id) => parser.registerDcsHandler(id, swallow)),
    parser.registerEscHandler({ final: 'Z' }, swallow),
    parser.registerCsiHandler(
      { prefix: '?', final: 'h' },
      (params) => !interactive && params.some((mode) => typeof mode === 'number' && REPORT_MODES.has(mode)),
    ),
  ];
}
