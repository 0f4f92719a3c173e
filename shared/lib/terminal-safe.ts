/**
 * Makes a script's output safe for a terminal: colours and cursor moves pass, everything that reaches outside
 * (clipboard, title, odd links, questions to the device, mouse and keyboard modes, resets) is taken out, and what would
 * show letters in another order is written as `\u{…}` (RUN-5).
 */

/** A filter for one stream; it keeps its place when a sequence is cut by the border of two pieces. */
export interface TerminalFilter {
  /** The safe form of the next piece. */
  write(text: string): string;
  /** What puts the terminal back in order after the last piece: colours off, cursor shown, first screen. */
  end(): string;
}

type Mode = 'text' | 'escape' | 'charset' | 'csi' | 'osc' | 'string';

const ESC = '\u001b';
const BEL = '\u0007';
/** Control strings longer than this are broken off, so that nothing can hide the rest of the output. */
const LONGEST_STRING = 64 * 1024;
const LONGEST_CSI = 64;
const LONGEST_LINK = 2048;

/** Cursor moves, erasing, scrolling, colours. */
const SAFE_FINALS = new Set('ABCDEFGHJKLMPSTX@`adefmrsu');
/** Wrap, cursor blink and visibility, second screen. */
const SAFE_PRIVATE_MODES = new Set(['7', '12', '25', '47', '1047', '1048', '1049']);
const SAFE_LINK = /^(?:https?|mailto):[\u0021-\u007e]+$/i;

/** C1 controls that begin a sequence, and what they are in seven bits. */
const C1: Readonly<Record<string, string>> = {
  '\u009b': '[',
  '\u009d': ']',
  '\u0090': 'P',
  '\u0098': 'X',
  '\u009e': '^',
  '\u009f': '_',
};

function safeControlSequence(body: string, final: string, marks: Set<string>): string {
  const plain = /^[0-9;:]*$/.test(body);
  if (plain && SAFE_FINALS.has(final)) {
    if (final === 'J' && body.split(';').includes('3')) return '';
    if (final === 'm') {
      if (body === '' || body === '0') marks.delete('colour');
      else marks.add('colour');
    }
    if (final === 'r') marks.add('region');
    return `${ESC}[${body}${final}`;
  }
  if (/^\?[0-9;]+$/.test(body) && (final === 'h' || final === 'l')) {
    const modes = body
      .slice(1)
      .split(';')
      .filter((mode) => SAFE_PRIVATE_MODES.has(mode));
    for (const mode of modes) {
      const on = final === 'h';
      const mark =
        mode === '25' ? 'hidden' : mode === '7' ? 'no-wrap' : mode.startsWith('104') || mode === '47' ? 'second' : '';
      if (mark === '') continue;
      if (on === (mark === 'second')) marks.add(mark);
      else marks.delete(mark);
    }
    return modes.length > 0 ? `${ESC}[?${modes.join(';')}${final}` : '';
  }
  return '';
}

function safeLink(content: string): string {
  const link = /^8;[^;]*;(.*)$/s.exec(content)?.[1];
  if (link === undefined) return '';
  if (link === '') return `${ESC}]8;;${ESC}\\`;
  return link.length <= LONGEST_LINK && SAFE_LINK.test(link) ? `${ESC}]8;;${link}${ESC}\\` : '';
}

/** Embeddings, overrides and isolates: they show letters in another order than they stand, `exe.txt` for `txt.exe`. */
const REORDERS = /[\u202a-\u202e\u2066-\u2069]/;

/** All that is not plain text to pass on. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const ACTING = /[\u0000-\u0007\u000b-\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

const isControl = (char: string): boolean => char < ' ' || (char >= '\u007f' && char <= '\u009f');

/** A new filter. One per stream: stdout and stderr each have their own. */
export function createTerminalFilter(): TerminalFilter {
  let mode: Mode = 'text';
  let held = '';
  let length = 0;
  /** Inside a string, an ESC was read: a backslash ends the string, anything else begins a new sequence. */
  let ending = false;
  const marks = new Set<string>();

  const enter = (next: Mode): '' => {
    mode = next;
    held = '';
    length = 0;
    ending = false;
    return '';
  };

  const begin = (kind: string): string => {
    if (kind === '[') return enter('csi');
    if (kind === ']') return enter('osc');
    if ('PX^_'.includes(kind)) return enter('string');
    if (kind >= ' ' && kind <= '/') return enter('charset');
    enter('text');
    return '78DEM'.includes(kind) ? ESC + kind : '';
  };

  const inText = (char: string): string => {
    if (char === ESC) return enter('escape');
    const seven = C1[char];
    if (seven !== undefined) return begin(seven);
    if (!isControl(char)) return REORDERS.test(char) ? `\\u{${char.charCodeAt(0).toString(16)}}` : char;
    return '\n\r\t\b'.includes(char) ? char : '';
  };

  const endString = (): string => {
    const safe = mode === 'osc' ? safeLink(held) : '';
    enter('text');
    if (safe !== '') {
      if (safe === `${ESC}]8;;${ESC}\\`) marks.delete('link');
      else marks.add('link');
    }
    return safe;
  };

  const inString = (char: string): string => {
    if (ending) {
      if (char === '\\') return endString();
      enter('escape');
      return step(char);
    }
    if (char === ESC) {
      ending = true;
      return '';
    }
    if (char === '\u009c' || (char === BEL && mode === 'osc')) return endString();
    length += 1;
    if (length > LONGEST_STRING) return enter('text');
    if (mode === 'osc' && held.length <= LONGEST_LINK + 64) held += char;
    return '';
  };

  const inControlSequence = (char: string): string => {
    if (char >= '@' && char <= '~') {
      const body = held;
      enter('text');
      return safeControlSequence(body, char, marks);
    }
    if (isControl(char)) {
      // A terminal runs simple controls in the middle of a sequence and goes on with it.
      return '\n\r\t\b'.includes(char) ? char : '';
    }
    if (char > '~' || held.length >= LONGEST_CSI) return enter('text');
    held += char;
    return '';
  };

  const step = (char: string): string => {
    if (mode !== 'text' && (char === '\u0018' || char === '\u001a')) return enter('text');
    switch (mode) {
      case 'text':
        return inText(char);
      case 'escape':
        if (char === ESC) return '';
        if (isControl(char)) return '\n\r\t\b'.includes(char) ? char : '';
        return begin(char);
      case 'charset':
        if (char === ESC) return enter('escape');
        return char >= ' ' && char <= '/' ? '' : enter('text');
      case 'csi':
        return char === ESC ? enter('escape') : inControlSequence(char);
      case 'osc':
      case 'string':
        return inString(char);
    }
  };

  return {
    write(text) {
      // Most output is plain: pass it without looking at each character.
      if (mode === 'text' && !ACTING.test(text)) return text;
      let safe = '';
      for (const char of text) safe += step(char);
      return safe;
    },
    end() {
      enter('text');
      const order: [string, string][] = [
        ['link', `${ESC}]8;;${ESC}\\`],
        ['region', `${ESC}[r`],
        ['second', `${ESC}[?1049l`],
        ['hidden', `${ESC}[?25h`],
        ['no-wrap', `${ESC}[?7h`],
        ['colour', `${ESC}[0m`],
      ];
      const safe = order.map(([mark, sequence]) => (marks.has(mark) ? sequence : '')).join('');
      marks.clear();
      return safe;
    },
  };
}
