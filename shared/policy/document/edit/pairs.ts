/** Adding a field to a YAML text, and taking one out (POL-4). Pure. */
import { NAMES, type Names } from '../names.ts';
import { linesAt, type Ground } from './patch.ts';
import {
  colonEnd,
  endOf,
  indentAt,
  lineStart,
  nextLine,
  pairEnd,
  start,
  Unusual,
  type AnyMap,
  type Splice,
} from './places.ts';
import { nodeText } from '../safe-yaml.ts';
import { blockPair, flow, type Plain } from '../scalar.ts';

/** A value below the groups that hold it. */
export function nested(parts: readonly string[], value: Plain): Plain {
  return parts.reduceRight<Plain>((inner, part) => ({ [part]: inner }), value);
}

/** The place of a key among its siblings in the field table. */
function ranks(parents: readonly string[]): (key: string) => number {
  let names: Names | undefined = NAMES;
  for (const part of parents) {
    const below: ReturnType<Names['keys']['get']> = names?.keys.get(part);
    names = typeof below === 'object' ? below : undefined;
  }
  const keys = [...(names?.keys.keys() ?? [])];
  return (key) => keys.indexOf(key);
}

/** Comment lines right above a line, unless they are the head of the file. */
function aboveComments(text: string, at: number): number {
  let top = at;
  while (top > 0) {
    const before = lineStart(text, top - 1);
    if (!/^ *#/.test(text.slice(before, top))) break;
    top = before;
  }
  return top === 0 ? at : top;
}

/**
 * A new pair in the innermost map of `trail`, behind the sibling that the field table has before it.
 * Throws {@link Unusual}.
 */
export function insertPair(
  ground: Ground,
  trail: readonly AnyMap[],
  parts: readonly string[],
  value: Plain,
  parents: readonly string[] = [],
): Splice[] {
  const [name = '', ...rest] = parts;
  const inner = nested(rest, value);
  const { text } = ground;
  const map = trail.at(-1);
  if (map === undefined) return [linesAt(ground, text.length, blockPair(name, inner, ''))];
  const rank = ranks(parents);
  const before = map.items.findLast(({ key }) => {
    const other = rank(nodeText(key));
    return other >= 0 && other < rank(name);
  });
  const first = map.items[0];
  if (map.flow === true) {
    const written = flow({ [name]: inner }).slice(2, -2);
    if (first === undefined) return [{ from: start(map), to: endOf(map), text: `{ ${written} }` }];
    const at = before === undefined ? start(first.key) : pairEnd(before);
    return [{ from: at, to: at, text: before === undefined ? `${written}, ` : `, ${written}` }];
  }
  if (first === undefined) throw new Unusual();
  const indent = indentAt(text, start(first.key));
  const at =
    before === undefined ? aboveComments(text, lineStart(text, start(first.key))) : nextLine(text, pairEnd(before));
  return [linesAt(ground, at, blockPair(name, inner, indent))];
}

function keyOf(map: AnyMap, name: string): number {
  const index = map.items.findIndex(({ key }) => nodeText(key) === name);
  if (index === -1) throw new Unusual();
  return index;
}

/**
 * Takes the pair at the end of `parts` out, and the groups that hold nothing else; comments above it stay.
 * `trail` are the maps on the way. Throws {@link Unusual}.
 */
export function removePair(ground: Ground, trail: readonly AnyMap[], parts: readonly string[]): Splice[] {
  const { text } = ground;
  const depth = trail.length - 1;
  const map = trail[depth];
  const name = parts[depth];
  if (map === undefined || name === undefined) throw new Unusual();
  const index = keyOf(map, name);
  const pair = map.items[index]!;
  const above = trail[depth - 1];
  if (map.flow === true) {
    const next = map.items[index + 1];
    const before = map.items[index - 1];
    const [from, to] =
      next !== undefined
        ? [start(pair.key), start(next.key)]
        : before !== undefined
          ? [pairEnd(before), pairEnd(pair)]
          : [start(map), endOf(map)];
    if (text.slice(from, to).includes('#')) throw new Unusual();
    if (next !== undefined || before !== undefined) return [{ from, to, text: '' }];
    return above === undefined ? [{ from, to, text: '{}' }] : removePair(ground, trail.slice(0, -1), parts);
  }
  indentAt(text, start(pair.key));
  const from = lineStart(text, start(pair.key));
  const to = nextLine(text, pairEnd(pair));
  if (map.items.length === 1 && above !== undefined) {
    const group = above.items[keyOf(above, parts[depth - 1] ?? '')]!;
    // A comment of the group is a person's; the group stays for it, and says nothing.
    const commented = /#/.test(text.slice(colonEnd(group), from));
    if (!commented) return removePair(ground, trail.slice(0, -1), parts);
  }
  return [{ from, to, text: '' }];
}
