/** A foreign YAML or JSON document as a plain tree with positions: nothing in it is interpreted, keys match whatever their case. Pure. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, type Node } from 'yaml';
import type { Problem } from '../../domain/policy-document.ts';
import { showShort } from '../../script/display.ts';
import { utf8Length } from '../../script/bytes.ts';
import type { At } from './conversion.ts';

/** Bytes of the largest document that is read: as for policies of our own; real ones have a few thousand. */
const SOURCE_LIMIT = 256 * 1024;
/** Nesting that no shape comes near to. */
const DEPTH_LIMIT = 64;
/** Nodes of the tree, with aliases written out: a kilobyte of aliases can mean gigabytes. */
const NODE_LIMIT = 50_000;
const DOCUMENT_LIMIT = 200;

export interface TextTree {
  readonly kind: 'text';
  readonly at: At;
  /** As written, without quotes; never a boolean, number or date. */
  readonly text: string;
  /** Nothing was written, or a null. */
  readonly empty: boolean;
}

export interface ListTree {
  readonly kind: 'list';
  readonly at: At;
  readonly items: readonly Tree[];
}

export interface MapEntry {
  /** As written. */
  readonly key: string;
  readonly at: At;
  readonly value: Tree;
}

export interface MapTree {
  readonly kind: 'map';
  readonly at: At;
  readonly entries: readonly MapEntry[];
}

export type Tree = TextTree | ListTree | MapTree;

export interface Source {
  readonly roots: readonly Tree[];
  readonly problems: readonly Problem[];
}

/** The form in which keys are compared: `read_only`, `readOnly` and `Read-Only` are one. */
export function keyForm(key: string): string {
  return key.toLowerCase().replaceAll(/[_-]/g, '');
}

class Unreadable extends Error {
  readonly problem: Omit<Problem, 'file'>;
  constructor(at: At, code: string, message: string, fix: string) {
    super(message);
    const { line, column } = at;
    this.problem = { line, column, endLine: line, endColumn: column + 1, severity: 'error', code, message, fix };
  }
}

const START: At = { line: 1, column: 1 };

/** Depth of flow brackets and of block indentation, before a parser could run out of stack. */
function tooDeep(text: string): boolean {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    if (depth > DEPTH_LIMIT * 4) return true;
  }
  for (const [lead] of text.matchAll(/^[ \t?:-]*/gm)) if (lead.length > DEPTH_LIMIT * 8) return true;
  return false;
}

/** `<<` takes the other map's entries where the map has none of its own. */
function merged(entries: readonly MapEntry[]): MapEntry[] {
  const own = entries.filter((entry) => entry.key !== '<<');
  const seen = new Set(own.map((entry) => entry.key));
  for (const { key, value } of entries) {
    if (key !== '<<') continue;
    const maps = value.kind === 'list' ? value.items : [value];
    for (const map of maps) {
      if (map.kind !== 'map') continue;
      for (const entry of map.entries) {
        if (seen.has(entry.key)) continue;
        seen.add(entry.key);
        own.push(entry);
      }
    }
  }
  return own;
}

const PLAIN_TAGS = /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq|timestamp)$/;

class Reader {
  readonly #at: (node: Node | null | undefined) => At;
  readonly #budget: { nodes: number };
  readonly #anchors = new Map<string, Node>();

  constructor(at: (node: Node | null | undefined) => At, budget: { nodes: number }) {
    this.#at = at;
    this.#budget = budget;
  }

  tree(node: Node | null | undefined, depth = 0): Tree {
    const at = this.#at(node);
    this.#budget.nodes -= 1;
    if (this.#budget.nodes < 0)
      throw new Unreadable(
        at,
        'alias',
        'The document grows too large when its aliases are written out.',
        'Write the values themselves.',
      );
    if (depth > DEPTH_LIMIT)
      throw new Unreadable(
        at,
        'too-deep',
        `The document is nested deeper than ${DEPTH_LIMIT} levels.`,
        'Take out what is not about limits.',
      );
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source);
      if (target === undefined)
        throw new Unreadable(at, 'alias', 'This alias names nothing.', 'Write the value itself.');
      return this.tree(target, depth + 1);
    }
    if (node?.tag !== undefined && !PLAIN_TAGS.test(node.tag))
      throw new Unreadable(at, 'tag', `The tag ${showShort(node.tag, 60)} is not read.`, 'Write the value without it.');
    if ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor !== undefined)
      this.#anchors.set(node.anchor, node);
    if (isSeq(node)) return { kind: 'list', at, items: node.items.map((item) => this.tree(item as Node, depth + 1)) };
    if (isMap(node)) {
      const seen = new Set<string>();
      const entries = node.items.map((pair): MapEntry => {
        const keyNode = pair.key as Node | null;
        const keyAt = this.#at(keyNode);
        if (!isScalar(keyNode))
          throw new Unreadable(keyAt, 'wrong-type', 'A key is not a plain word.', 'Write a word before the colon.');
        const key = String(keyNode.value);
        if (seen.has(key) && key !== '<<')
          throw new Unreadable(
            keyAt,
            'duplicate-key',
            `\`${showShort(key, 60)}\` is there twice.`,
            'Keep one of them.',
          );
        seen.add(key);
        return { key, at: keyAt, value: this.tree(pair.value as Node | null, depth + 1) };
      });
      return { kind: 'map', at, entries: merged(entries) };
    }
    if (isScalar(node)) {
      const text = typeof node.value === 'string' ? node.value : (node.source ?? '');
      const empty = node.type === 'PLAIN' && /^(?:|~|null|Null|NULL)$/.test(text);
      return { kind: 'text', at, text: empty ? '' : text, empty };
    }
    return { kind: 'text', at, text: '', empty: true };
  }
}

function parsed(text: string): Tree[] {
  if (utf8Length(text) > SOURCE_LIMIT)
    throw new Unreadable(
      START,
      'too-large',
      'The document is larger than 256 KiB.',
      'Take out what is not about limits.',
    );
  if (text.includes('\0'))
    throw new Unreadable(START, 'yaml-syntax', 'This is not a text file.', 'Choose a YAML or JSON file.');
  if (tooDeep(text))
    throw new Unreadable(START, 'too-deep', 'The document is nested too deeply.', 'Take out what is not about limits.');
  const lineCounter = new LineCounter();
  const place = (offset: number): At => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const documents = parseAllDocuments(text.replace(/^\uFEFF/, ''), {
    lineCounter,
    prettyErrors: false,
    // Values are read as written, whatever version or schema would make of `no`, `0777` or a date.
    schema: 'failsafe',
    merge: false,
    // The library compares every key with every other one.
    uniqueKeys: false,
    logLevel: 'silent',
  });
  const list = Array.isArray(documents) ? documents : [];
  if (list.length > DOCUMENT_LIMIT)
    throw new Unreadable(
      START,
      'too-large',
      `The file holds more than ${DOCUMENT_LIMIT} documents.`,
      'Split the file.',
    );
  const budget = { nodes: NODE_LIMIT };
  return list.flatMap((document) => {
    const first = document.errors[0];
    if (first !== undefined) {
      throw new Unreadable(
        place(first.pos[0]),
        'yaml-syntax',
        `This is not valid YAML: ${showShort(first.message.split('\n')[0] ?? '', 160)}`,
        'Mend this line.',
      );
    }
    if (document.contents === null) return [];
    const reader = new Reader((node) => (node?.range ? place(node.range[0]) : START), budget);
    return [reader.tree(document.contents)];
  });
}

/** Every document of the text; with a problem there are none. Never throws. */
export function readSource(file: string, text: string): Source {
  try {
    return { roots: parsed(text), problems: [] };
  } catch (thrown) {
    const problem =
      thrown instanceof Unreadable
        ? thrown.problem
        : new Unreadable(
            START,
            'yaml-syntax',
            `The document cannot be read: ${showShort(thrown instanceof Error ? thrown.message : String(thrown), 160)}`,
            'Check that it is YAML or JSON.',
          ).problem;
    return { roots: [], problems: [{ file, ...problem }] };
  }
}
