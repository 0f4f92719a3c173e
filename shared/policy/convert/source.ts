/** A foreign YAML or JSON document as a plain tree with positions: nothing in it is interpreted, keys match whatever their case. Pure. */
import { isAlias, isMap, isScalar, isSeq, type Node } from 'yaml';
import { POLICY_FILE_LIMIT } from '../../contract/policies.ts';
import type { Problem } from '../../domain/policy-document.ts';
import { showShort } from '../../script/display.ts';
import { utf8Length } from '../../script/bytes.ts';
import { parseSafely, type YamlProblem } from '../document/safe-yaml.ts';
import type { At } from './conversion.ts';

/** Nesting that no shape comes near to. */
const DEPTH_LIMIT = 64;
/** Nodes of the tree, with aliases written out: a kilobyte of aliases can mean gigabytes. */
const NODE_LIMIT = 20_000;
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

/** Each document with its lines where they stand in the file: what comes before is blank. */
function parts(text: string): string[] {
  const found: string[] = [];
  let lines: string[] = [];
  let blank = 0;
  const end = (): void => {
    if (lines.some((line) => line.trim() !== '')) found.push('\n'.repeat(blank) + lines.join('\n'));
    blank += lines.length;
    lines = [];
  };
  for (const line of text.split('\n')) {
    if (/^---(?:\s|$)/.test(line) && lines.length > 0) end();
    if (found.length > DOCUMENT_LIMIT)
      throw new Unreadable(
        START,
        'too-large',
        `The file holds more than ${DOCUMENT_LIMIT} documents.`,
        'Split the file.',
      );
    lines.push(line);
  }
  end();
  return found;
}

const MESSAGES: Readonly<Record<YamlProblem['code'], readonly [message: string, fix: string]>> = {
  'too-large': ['The document is larger than 256 KiB.', 'Take out what is not about limits.'],
  'too-deep': ['The document is nested too deeply.', 'Take out what is not about limits.'],
  'not-text': ['This is not a text file.', 'Choose a YAML or JSON file.'],
  'yaml-syntax': ['This is not valid YAML', 'Mend this line.'],
  tab: ['A tab cannot indent a line in YAML.', 'Indent with spaces.'],
  'multiple-documents': ['A document ends in the middle of a line.', 'Begin each document with a line `---`.'],
  'duplicate-key': ['This key is there twice.', 'Keep one of them.'],
};

function parsed(given: string): Tree[] {
  const text = given.replaceAll('\r\n', '\n').replace(/^\uFEFF/, '');
  if (utf8Length(text) > POLICY_FILE_LIMIT) throw new Unreadable(START, 'too-large', ...MESSAGES['too-large']);
  const budget = { nodes: NODE_LIMIT };
  return parts(text).flatMap((part) => {
    const yaml = parseSafely(part, { limit: POLICY_FILE_LIMIT * 2, schema: 'failsafe' });
    const [problem] = yaml.problems;
    if (problem !== undefined) {
      const [message, fix] = MESSAGES[problem.code];
      const shown = problem.code === 'yaml-syntax' ? `${message}: ${showShort(problem.what, 160)}` : message;
      throw new Unreadable(yaml.place(problem.from), problem.code, shown, fix);
    }
    const contents = yaml.document?.contents ?? null;
    if (contents === null) return [];
    const reader = new Reader((node) => (node?.range ? yaml.place(node.range[0]) : START), budget);
    return [reader.tree(contents)];
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
