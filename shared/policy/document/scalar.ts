/** Values as YAML text that every reader takes for the same (POL-4). Pure. */

/** Values of which a policy file consists. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

// Words and paths, and amounts with a unit; never what YAML 1.1 or 1.2 reads as a number, date, boolean or null.
const WORD = /^[A-Za-z_/.](?:[\w./@%+=-]|:(?=[\w*])| (?=[\w./@%+=(-]))*$/;
const AMOUNT = /^\d+(?:\.\d+)? (?:[A-Za-z]+(?:\/s)?|%)$/;
const SPECIAL = /^(?:null|true|false|yes|no|on|off|y|n|\.inf|\.nan)$|^\.\d|:$|: |^[._-]+$/i;

/** In double quotes; what a reader could stumble over is escaped. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\x7f-\x9f\u2028\u2029\uFEFF\uFFFE\uFFFF]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A text on one line; without quotes where nothing can mistake it, or where `sentence` allows more of them. */
export function inlineScalar(text: string, inFlow: boolean, sentence = false): string {
  const plain = (WORD.test(text) && !SPECIAL.test(text)) || AMOUNT.test(text);
  if (plain && text.length <= 200) return text;
  const prose =
    sentence &&
    !inFlow &&
    /^[A-Za-z][^\p{Cc}\p{Cs}\p{Cf}\p{Zl}\p{Zp}]*$/u.test(text) &&
    !/: |:$| #|\s$/.test(text) &&
    /[ ,]/.test(text);
  return prose ? text : quoted(text);
}

function key(text: string): string {
  return inlineScalar(text, true);
}

/** On one line: `[a, b]`, `{ a: b }`. */
export function flow(value: Plain): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return inlineScalar(value, true);
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${(value as readonly Plain[]).map((one) => flow(one)).join(', ')}]`;
  const entries = Object.entries(value);
  return entries.length === 0 ? '{}' : `{ ${entries.map(([name, one]) => `${key(name)}: ${flow(one)}`).join(', ')} }`;
}

function isEmpty(value: Plain): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** What follows a key or dash: on the same line for one value, below it and indented for several. */
function after(value: Plain, indent: string, sentence: boolean): string[] {
  if (typeof value === 'string') return [` ${inlineScalar(value, false, sentence)}`];
  if (typeof value !== 'object' || value === null || isEmpty(value)) return [` ${flow(value)}`];
  return ['', ...block(value, `${indent}  `)];
}

/** One pair of a map over as many lines as it takes; the first begins with the key. */
export function blockPair(name: string, value: Plain, indent: string): string[] {
  const [first = '', ...rest] = after(value, indent, name === 'description');
  return [`${indent}${key(name)}:${first}`, ...rest];
}

/** One item of a list, with its dash. */
export function blockItem(value: Plain, indent: string): string[] {
  if (typeof value !== 'object' || value === null || isEmpty(value)) return [`${indent}- ${flow(value)}`];
  const [first = '', ...rest] = block(value, `${indent}  `);
  return [`${indent}- ${first.slice(indent.length + 2)}`, ...rest];
}

/** Lines of a list or map, one entry below the other. */
export function block(value: Plain, indent: string): string[] {
  if (Array.isArray(value)) return (value as readonly Plain[]).flatMap((one) => blockItem(one, indent));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([name, one]) => blockPair(name, one, indent));
  return [`${indent}${flow(value)}`];
}
