/** Values of a workflow file: what YAML wrote as JSON, words and lists, each mistake at its place (WF-1). Pure. */
import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import type { Json } from '../domain/exchange.ts';
import { closest } from '../lib/closest.ts';
import { disguised, isNothing } from '../policy/document/node.ts';
import { code, spanOf, type Report, type Span } from '../policy/document/report.ts';
import { nodeText } from '../policy/document/safe-yaml.ts';

/** Called for each text of a value, with its node. */
export type OnText = (text: string, node: Node) => void;

const NUMBER = /^[-+]?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;

/** A plain word as YAML's core schema types it; anything in quotes is a text. */
function typed(text: string, isPlain: boolean): Json {
  if (!isPlain) return text;
  if (/^(?:true|True|TRUE)$/.test(text)) return true;
  if (/^(?:false|False|FALSE)$/.test(text)) return false;
  return NUMBER.test(text) && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** The value as JSON; undefined when it has a mistake, which is then reported. */
export function jsonOf(node: Node | null, report: Report, onText: OnText): Json | undefined {
  if (disguised(node, report)) return undefined;
  if (node === null || isNothing(node)) return null;
  if (isScalar(node)) {
    const value = typed(nodeText(node), node.type === 'PLAIN');
    if (typeof value === 'string') onText(value, node);
    return value;
  }
  if (isSeq(node)) {
    const items = (node.items as (Node | null)[]).map((item) => jsonOf(item, report, onText));
    return items.some((item) => item === undefined) ? undefined : (items as Json[]);
  }
  if (!isMap(node)) return undefined;
  const entries = (node.items as Pair<Node, Node | null>[]).map(({ key, value }): [string, Json | undefined] => [
    nodeText(key),
    jsonOf(value, report, onText),
  ]);
  return entries.some(([, value]) => value === undefined)
    ? undefined
    : (Object.fromEntries(entries) as Record<string, Json>);
}

/** A mistake of this file: what it is and what to write instead. */
export function wrong(report: Report, at: Span, message: string, fix: string): undefined {
  report.add(at, { code: 'bad-value', message, fix });
  return undefined;
}

/** Takes keys out of a map one by one; what nobody took is unknown. */
export class Keys {
  readonly report: Report;
  readonly span: Span;
  readonly #left = new Map<string, Pair<Node, Node | null>>();
  readonly #known: string[] = [];

  constructor(map: YAMLMap, report: Report) {
    this.report = report;
    this.span = spanOf(map);
    for (const pair of map.items as Pair<Node, Node | null>[]) {
      const name = nodeText(pair.key).toLowerCase();
      if (!this.#left.has(name)) this.#left.set(name, pair);
    }
  }

  /** The first of these names that is there. A null counts as absent. */
  take(...names: string[]): { readonly name: string; readonly key: Node; readonly node: Node } | undefined {
    this.#known.push(...names);
    for (const name of names) {
      const pair = this.#left.get(name);
      if (pair === undefined) continue;
      this.#left.delete(name);
      if (pair.value === null || isNothing(pair.value) || disguised(pair.value, this.report)) continue;
      return { name, key: pair.key, node: pair.value };
    }
    return undefined;
  }

  /** One text. */
  text(...names: string[]): { readonly text: string; readonly node: Node } | undefined {
    const found = this.take(...names);
    if (found === undefined) return undefined;
    if (isScalar(found.node)) return { text: nodeText(found.node), node: found.node };
    return wrong(
      this.report,
      spanOf(found.node),
      `${code(found.name)} is one text.`,
      `Write it on one line: \`${found.name}: …\`.`,
    );
  }

  /** A list of texts; one text counts as a list of it. Undefined when absent or wrong. */
  texts(...names: string[]): { readonly texts: string[]; readonly nodes: Node[] } | undefined {
    const found = this.take(...names);
    if (found === undefined) return undefined;
    const nodes = (isSeq(found.node) ? found.node.items : [found.node]) as (Node | null)[];
    const bad = nodes.find((node) => !isScalar(node) || disguised(node, this.report));
    if (bad !== undefined)
      return wrong(
        this.report,
        spanOf(bad ?? found.node),
        `${code(found.name)} is a list of texts.`,
        `Write it like \`${found.name}: [a, b]\`.`,
      );
    return { texts: nodes.map((node) => nodeText(node)), nodes: nodes as Node[] };
  }

  /** A map, for its entries. */
  map(...names: string[]): YAMLMap<Node, Node | null> | undefined {
    const found = this.take(...names);
    if (found === undefined) return undefined;
    if (isMap(found.node)) return found.node as YAMLMap<Node, Node | null>;
    return wrong(
      this.report,
      spanOf(found.node),
      `${code(found.name)} is a map.`,
      'Write its entries below it, indented.',
    );
  }

  /** True or false, as YAML writes them. */
  flag(name: string): boolean {
    const found = this.text(name);
    if (found === undefined) return false;
    if (/^(?:true|false)$/i.test(found.text)) return found.text.toLowerCase() === 'true';
    wrong(this.report, spanOf(found.node), `${code(name)} is neither true nor false here.`, 'Write `true` or `false`.');
    return false;
  }

  /** Reports every key that nobody took; `x-` keys are free. */
  rest(what: string): void {
    for (const [name, pair] of this.#left) {
      if (name.startsWith('x-')) continue;
      const near = closest(name, this.#known);
      this.report.add(spanOf(pair.key), {
        code: 'unknown-key',
        message: `${what} has no ${code(nodeText(pair.key))}.`,
        fix: near === null ? 'Take it out, or start its name with `x-`.' : `Did you mean \`${near}\`?`,
      });
    }
  }
}
