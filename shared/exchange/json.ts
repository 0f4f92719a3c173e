/** JSON of unknown origin: depth is judged before anything is parsed, and a mistake has a place. Pure. */

/** How deep arrays and objects of a JSON text lie in one another; counts brackets outside of texts, valid or not. */
export function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22:
        for (at++; at < text.length && text.charCodeAt(at) !== 0x22; at++) if (text.charCodeAt(at) === 0x5c) at++;
        break;
      case 0x5b:
      case 0x7b:
        deepest = Math.max(deepest, ++depth);
        break;
      case 0x5d:
      case 0x7d:
        depth--;
        break;
      default:
    }
  }
  return deepest;
}

/** How deep a value is; stops counting above `most`, so that a value without end ends here. */
export function depthOfValue(value: unknown, most: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (most === 0) return 1;
  let deepest = 0;
  for (const one of Object.values(value)) {
    deepest = Math.max(deepest, depthOfValue(one, most - 1));
    if (deepest >= most) break;
  }
  return deepest + 1;
}

const BLANK = /[ \t\n\r]*/y;
const SCALAR =
  // oxlint-disable-next-line no-control-regex
  /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** Offset of the first character that no JSON text can have there; the text's length when only its end is missing. */
function mistakeOf(text: string): number {
  const open: string[] = [];
  let at = 0;
  let wants: 'value' | 'key' | 'colon' | 'next' = 'value';
  /** Right behind an opening bracket its closing one may follow. */
  let fresh = false;
  for (;;) {
    BLANK.lastIndex = at;
    BLANK.test(text);
    at = BLANK.lastIndex;
    const char = text[at];
    const inside = open.at(-1);
    if (char === undefined || (wants === 'next' && inside === undefined)) return at;
    if ((wants === 'next' || fresh) && char === inside) {
      open.pop();
      at++;
      wants = 'next';
      fresh = false;
    } else if (wants === 'next') {
      if (char !== ',') return at;
      wants = inside === '}' ? 'key' : 'value';
      at++;
    } else if (wants === 'colon') {
      if (char !== ':') return at;
      wants = 'value';
      at++;
    } else if (wants === 'value' && (char === '{' || char === '[')) {
      open.push(char === '{' ? '}' : ']');
      wants = char === '{' ? 'key' : 'value';
      fresh = true;
      at++;
    } else {
      SCALAR.lastIndex = at;
      if ((wants === 'key' && char !== '"') || !SCALAR.test(text)) return at;
      at = SCALAR.lastIndex;
      wants = wants === 'key' ? 'colon' : 'next';
      fresh = false;
    }
  }
}

/** A place in a text, from its offset; both 1-based. */
function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

/** Parses; the problem is one sentence, `at` the offset of the mistake where there is one. */
export function parseJson(
  text: string,
  depth: number,
): { readonly value: unknown } | { readonly problem: string; readonly at: number } {
  if (text.trim() === '') return { problem: 'It is empty.', at: 0 };
  if (depthOf(text) > depth) return { problem: `It has more than ${depth} arrays and objects in one another.`, at: 0 };
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    const at = mistakeOf(text);
    const { line, column } = placeOf(text, at);
    const where = at >= text.length ? 'it ends too early' : `line ${line}, column ${column}`;
    return { problem: `It is no valid JSON: ${where}.`, at };
  }
}
