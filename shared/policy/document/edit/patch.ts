/** Changing one value of a YAML text where it stands: what is not changed keeps every character (POL-4). Pure. */
import { isMap, isScalar, isSeq, type Node } from 'yaml';
import {
  colonEnd,
  dashOf,
  endOf,
  indentAt,
  isEmptyNode,
  lineStart,
  nextLine,
  pairEnd,
  start,
  Unusual,
  type AnyMap,
  type AnyPair,
  type AnySeq,
  type Splice,
} from './places.ts';
import { nodeText } from '../safe-yaml.ts';
import { block, blockItem, blockPair, flow, inlineScalar, type Plain } from '../scalar.ts';

type PlainMap = { readonly [key: string]: Plain };

/** What an edit needs to know of the text that it changes. */
export interface Ground {
  readonly text: string;
  /** The line break of the file. */
  readonly eol: string;
  /** The plainest form of a list's entry, by which entries are told apart. */
  readonly same: (entry: Plain) => string;
  /** The value maps names of the person, so that `x-…` is one of them and no note. */
  readonly named: boolean;
}

function isPlainMap(value: Plain): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A node as plain data, every scalar as text. */
function plainOf(node: Node | null): Plain {
  if (isMap(node))
    return Object.fromEntries(
      (node as AnyMap).items.map(({ key, value }): [string, Plain] => [nodeText(key), plainOf(value)]),
    );
  if (isSeq(node)) return (node as AnySeq).items.map((item) => plainOf(item));
  return nodeText(node);
}

/** Whole lines at `at`, which is the start of a line or the end of a text without a last line break. */
export function linesAt({ text, eol }: Ground, at: number, lines: readonly string[]): Splice {
  const open = at > 0 && at === text.length && !text.endsWith('\n');
  return {
    from: at,
    to: at,
    text: open ? lines.map((line) => eol + line).join('') : lines.map((line) => line + eol).join(''),
  };
}

/** In the quotes of the old value, where the new one can stand in them. */
function like(old: Node | null, value: string, inFlow: boolean, sentence: boolean): string {
  const bare = inlineScalar(value, inFlow, sentence);
  if (isScalar(old) && bare === value) {
    if (old.type === 'QUOTE_DOUBLE') return JSON.stringify(value);
    if (old.type === 'QUOTE_SINGLE') return `'${value.replaceAll("'", "''")}'`;
  }
  return bare;
}

function replaceInline(ground: Ground, node: Node, value: Plain, inFlow: boolean, sentence: boolean): Splice {
  const [from, to] = [start(node), endOf(node)];
  const put = typeof value === 'string' ? like(node, value, inFlow, sentence) : flow(value);
  const broken = to > from && ground.text[to - 1] === '\n';
  return { from, to, text: broken ? put + ground.eol : put };
}

/** The lines that entries take, comments between them left out. */
function itemLines(ground: Ground, node: AnyMap | AnySeq): Splice[] {
  const spans: [number, number][] = isMap(node)
    ? node.items.map((pair) => [start(pair.key), pairEnd(pair)])
    : node.items.map((item, index) => {
        const dash = dashOf(node, index);
        return [dash, isEmptyNode(item) ? dash + 1 : endOf(item)];
      });
  return spans.map(([from, to]) => {
    indentAt(ground.text, from);
    return { from: lineStart(ground.text, from), to: nextLine(ground.text, to), text: '' };
  });
}

/** What stands behind the colon of a pair in block style, when nothing or a block stood there. */
function fill(ground: Ground, pair: AnyPair, value: Plain): Splice[] {
  const colon = colonEnd(pair);
  const empty = typeof value !== 'object' || value === null || Object.keys(value).length === 0;
  if (empty) return [{ from: colon, to: colon, text: ` ${flow(value)}` }];
  const indent = indentAt(ground.text, start(pair.key));
  return [linesAt(ground, nextLine(ground.text, colon), block(value, `${indent}  `))];
}

function patchFlow(ground: Ground, node: AnyMap | AnySeq, parts: readonly string[]): Splice[] {
  const [from, to] = [start(node), endOf(node)];
  const inner = ground.text.slice(from + 1, to - 1);
  if (inner.includes('#')) throw new Unusual();
  const [open, close] = isMap(node) ? ['{', '}'] : ['[', ']'];
  const padded = node.items.length === 0 ? isMap(node) : /^\s/.test(inner);
  const pad = padded && parts.length > 0 ? ' ' : '';
  return [{ from, to, text: `${open}${pad}${parts.join(', ')}${pad}${close}` }];
}

/** For each wanted entry the old one that stays for it, in rising order; null for a new one. */
function kept(old: readonly string[], wanted: readonly string[]): (number | null)[] {
  let from = 0;
  return wanted.map((entry) => {
    const index = old.indexOf(entry, from);
    if (index === -1) return null;
    from = index + 1;
    return index;
  });
}

function patchSeq(ground: Ground, node: AnySeq, pair: AnyPair, wanted: readonly Plain[]): Splice[] {
  const old = node.items.map((item) => ground.same(plainOf(item)));
  const stay = kept(
    old,
    wanted.map((entry) => ground.same(entry)),
  );
  if (node.flow === true) {
    const appended = old.length > 0 && stay.slice(0, old.length).every((index, at) => index === at);
    if (appended && stay.length >= old.length) {
      const at = endOf(node.items.at(-1) ?? null);
      const added = wanted.slice(old.length).map((entry) => `, ${flow(entry)}`);
      return [{ from: at, to: at, text: added.join('') }];
    }
    const source = (index: number): string => {
      const item = node.items[index] ?? null;
      return ground.text.slice(start(item), endOf(item));
    };
    return patchFlow(
      ground,
      node,
      wanted.map((entry, at) => {
        const index = stay[at] ?? null;
        return index === null ? flow(entry) : source(index);
      }),
    );
  }
  const lines = itemLines(ground, node);
  if (wanted.length === 0) return [...lines, ...fill(ground, pair, [])];
  const indent = indentAt(ground.text, dashOf(node, 0));
  const splices = lines.filter((_line, index) => !stay.includes(index));
  let at = lines[0]!.from;
  for (const [position, entry] of wanted.entries()) {
    const index = stay[position] ?? null;
    if (index === null) splices.push(linesAt(ground, at, blockItem(entry, indent)));
    else at = lines[index]!.to;
  }
  return splices;
}

function patchMap(ground: Ground, node: AnyMap, pair: AnyPair, wanted: PlainMap): Splice[] {
  const same = (one: AnyPair): boolean => {
    const value = wanted[nodeText(one.key)];
    return value !== undefined && JSON.stringify(plainOf(one.value)) === JSON.stringify(value);
  };
  const names = node.items.map(({ key }) => nodeText(key));
  const free = (name: string): boolean => !ground.named && name.startsWith('x-') && !Object.hasOwn(wanted, name);
  const stays = (one: AnyPair): boolean => Object.hasOwn(wanted, nodeText(one.key)) || free(nodeText(one.key));
  const added = Object.entries(wanted).filter(([name]) => !names.includes(name));
  if (node.flow === true) {
    const parts = node.items
      .filter(stays)
      .map((one) =>
        same(one) || free(nodeText(one.key))
          ? ground.text.slice(start(one.key), pairEnd(one))
          : `${ground.text.slice(start(one.key), colonEnd(one))} ${flow(wanted[nodeText(one.key)]!)}`,
      );
    return patchFlow(ground, node, [...parts, ...added.map((one) => flow(Object.fromEntries([one])).slice(2, -2))]);
  }
  const lines = itemLines(ground, node);
  if (!node.items.some(stays)) return [...lines, ...fill(ground, pair, wanted)];
  const indent = indentAt(ground.text, start(node.items[0]!.key));
  const splices = node.items.flatMap((one, index) => {
    if (!stays(one)) return [lines[index]!];
    return same(one) || free(nodeText(one.key)) ? [] : patchValue(ground, one, false, wanted[nodeText(one.key)]!);
  });
  const at = lines.at(-1)!.to;
  return [...splices, ...added.map(([name, value]) => linesAt(ground, at, blockPair(name, value, indent)))];
}

/** Gives a pair another value. Throws {@link Unusual}. */
export function patchValue(ground: Ground, pair: AnyPair, inFlow: boolean, value: Plain): Splice[] {
  const node = pair.value;
  const sentence = nodeText(pair.key) === 'description';
  if (node === null || isEmptyNode(node)) {
    if (!inFlow) return fill(ground, pair, value);
    const at = colonEnd(pair);
    return [{ from: at, to: at, text: ` ${flow(value)}` }];
  }
  if (isSeq(node) && Array.isArray(value)) return patchSeq(ground, node as AnySeq, pair, value as readonly Plain[]);
  if (isMap(node) && isPlainMap(value)) return patchMap(ground, node as AnyMap, pair, value);
  if ((isMap(node) || isSeq(node)) && node.flow !== true)
    return [...itemLines(ground, node as AnyMap | AnySeq), ...fill(ground, pair, value)];
  return [replaceInline(ground, node, value, inFlow, sentence)];
}
