/** Where in a policy's text a position is: which key or value, under which keys. By lines and indentation, so that broken text works too. Pure. */

export interface Place {
  /** Keys above, outermost first: `['resources', 'on_breach']`. */
  readonly above: readonly string[];
  /** The key of this line; null while it is still being typed. */
  readonly key: string | null;
  /** `key`: the position is in the key or where one may begin; `value`: after the colon; `item`: in an entry of a list. */
  readonly part: 'key' | 'value' | 'item';
  /** What is typed so far of the key, value or item. */
  readonly typed: string;
  /** Where `typed` begins. */
  readonly from: number;
}

const LINE = /^(\s*)(-\s+)?(?:(["']?)([\w.-]+)\3\s*:(\s|$))?/u;

interface Parsed {
  readonly indent: number;
  readonly dash: boolean;
  readonly key: string | null;
  /** Characters up to the value. */
  readonly lead: number;
}

function parse(line: string): Parsed | null {
  if (/^\s*(#|$)/u.test(line)) return null;
  const [lead = '', blank = '', dash, , key] = LINE.exec(line) ?? [];
  return { indent: blank.length, dash: dash !== undefined, key: key ?? null, lead: lead.length };
}

/** Keys of the lines before that enclose a line of this indent. */
function keysAbove(lines: readonly string[], row: number, indent: number, dash: boolean): string[] {
  const above: string[] = [];
  let limit = dash ? indent + 1 : indent;
  for (let at = row - 1; at >= 0 && limit > 0; at -= 1) {
    const line = parse(lines[at] ?? '');
    if (line === null || line.dash || line.key === null || line.indent >= limit) continue;
    above.unshift(line.key);
    limit = line.indent;
  }
  return above;
}

/** The place of `position`, counted in characters. */
export function placeAt(text: string, position: number): Place {
  const before = text.slice(0, position);
  const row = before.split('\n').length - 1;
  const lines = text.split('\n');
  const start = before.lastIndexOf('\n') + 1;
  const here = before.slice(start);
  const line = parse(lines[row] ?? '');
  const indent = line?.indent ?? here.length;
  const above = keysAbove(lines, row, indent, line?.dash ?? false);
  if (line?.dash === true) {
    const typed = /-\s*(.*)$/su.exec(here)?.[1] ?? '';
    return { above, key: line.key, part: 'item', typed, from: position - typed.length };
  }
  if (line !== null && line.key !== null && here.length >= line.lead) {
    const typed = here.slice(line.lead);
    const flow = /^[[{]/u.test(typed) ? (/[^,[{]*$/u.exec(typed)?.[0].trimStart() ?? '') : typed;
    return { above, key: line.key, part: 'value', typed: flow, from: position - flow.length };
  }
  const typed = here.trimStart();
  return { above, key: line?.key ?? null, part: 'key', typed, from: position - typed.length };
}
