/** Where things of a YAML text begin and end, to the character. Pure. */
import { isMap, isSeq, type CST, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';

export type AnyMap = YAMLMap<Node, Node | null>;
export type AnyPair = Pair<Node, Node | null>;
export type AnySeq = YAMLSeq<Node | null>;

/** A replacement of `from` to `to`. */
export interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** The layout is none that is edited character by character. */
export class Unusual extends Error {}

export function start(node: Node | null): number {
  if (!node?.range) throw new Unusual();
  return node.range[0];
}

function token(items: readonly CST.SourceToken[] | undefined, type: CST.SourceToken['type']): number | null {
  return items?.find((one) => one.type === type)?.offset ?? null;
}

/** Just behind the colon of a pair. */
export function colonEnd(pair: AnyPair): number {
  const source = pair as unknown as { srcToken?: CST.CollectionItem };
  const at = token(source.srcToken?.sep, 'map-value-ind');
  if (at === null) throw new Unusual();
  return at + 1;
}

/** Where the dash of an item stands. */
export function dashOf(seq: AnySeq, index: number): number {
  const source = seq.srcToken as CST.BlockSequence | undefined;
  const at = token(source?.items[index]?.start, 'seq-item-ind');
  if (at === null) throw new Unusual();
  return at;
}

export function isEmptyNode(node: Node | null): boolean {
  return node === null || (node.range !== null && node.range !== undefined && node.range[0] === node.range[1]);
}

/** Behind the last character of a node, without comments and space after it. */
export function endOf(node: Node | null): number {
  if ((isMap(node) || isSeq(node)) && node.flow !== true && node.items.length > 0) {
    if (isSeq(node)) {
      const last = node.items.at(-1) as Node | null;
      return isEmptyNode(last) ? dashOf(node as AnySeq, node.items.length - 1) + 1 : endOf(last);
    }
    return pairEnd(node.items.at(-1) as AnyPair);
  }
  if (!node?.range) throw new Unusual();
  return node.range[1];
}

export function pairEnd(pair: AnyPair): number {
  return isEmptyNode(pair.value) ? colonEnd(pair) : endOf(pair.value);
}

export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Behind the line break of the line that ends at or holds `offset`; a text that ends with a break is at its next line already. */
export function nextLine(text: string, offset: number): number {
  if (offset > 0 && text[offset - 1] === '\n') return offset;
  const at = text.indexOf('\n', offset);
  return at === -1 ? text.length : at + 1;
}

/** Spaces before `offset`, which is the first thing on its line. */
export function indentAt(text: string, offset: number): string {
  const before = text.slice(lineStart(text, offset), offset);
  if (!/^ *$/.test(before)) throw new Unusual();
  return before;
}

/** All replacements at once; none overlaps another, and insertions at one place keep their order. */
export function splice(text: string, splices: readonly Splice[]): string {
  const sorted = splices.toSorted((a, b) => a.from - b.from || a.to - b.to);
  let out = '';
  let at = 0;
  for (const { from, to, text: put } of sorted) {
    if (from < at) throw new Unusual();
    out += text.slice(at, from) + put;
    at = to;
  }
  return out + text.slice(at);
}
