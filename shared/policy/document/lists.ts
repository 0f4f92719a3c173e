/** Lists of words and maps of names in a policy file (POL-4). Pure. */
import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import type { FieldPath } from '../../domain/policy.ts';
import { closest } from '../../lib/closest.ts';
import type { Kind } from '../field.ts';
import { anyField, isFieldPath, isListPath } from '../fields.ts';
import { LIST_MAX } from '../kinds.ts';
import { disguised, isNothing, type ReadValue } from './node.ts';
import { parsed } from './parsed.ts';
import { code, spanOf, type Report, type Span } from './report.ts';
import { nodeText } from './safe-yaml.ts';
import { inlineScalar } from './scalar.ts';

/** Characters of an entry that are tried; every kind refuses longer ones. */
const LONG = 4096;

/** The entries of a sequence of words, each read by its kind. */
function entries(path: FieldPath, node: Node, item: Kind<string>, report: Report): readonly string[] | undefined {
  if (!isSeq(node)) return undefined;
  if (node.items.length > LIST_MAX) {
    report.add(spanOf(node), {
      code: 'bad-value',
      message: `${code(path)} has ${node.items.length} entries.`,
      fix: `Shorten the list to at most ${LIST_MAX}.`,
      field: path,
    });
    return undefined;
  }
  const values: string[] = [];
  const seen = new Set<string>();
  let failed = false;
  for (const entry of node.items as (Node | null)[]) {
    if (report.full) return undefined;
    if (disguised(entry, report, path)) failed = true;
    else if (!isScalar(entry) || isNothing(entry)) {
      report.add(entry?.range ? spanOf(entry) : spanOf(node), {
        code: 'wrong-type',
        message: `An entry of ${code(path)} is ${isNothing(entry) ? 'empty' : 'not one word'}.`,
        fix: isNothing(entry) ? 'Take it out, or write it in quotes.' : 'Write one word per entry.',
        field: path,
      });
      failed = true;
    } else {
      const value = parsed(path, item, nodeText(entry).slice(0, LONG + 1), entry, report);
      if (value === undefined) failed = true;
      else if (seen.has(value) && isListPath(path))
        report.add(spanOf(entry), {
          code: 'duplicate-entry',
          severity: 'warning',
          message: `${code(value)} is in ${code(path)} twice.`,
          fix: 'Take one of them out.',
          field: path,
        });
      else {
        values.push(value);
        seen.add(value);
      }
    }
  }
  return failed ? undefined : values;
}

function changeOf(path: FieldPath, node: YAMLMap, item: Kind<string>, report: Report): ReadValue {
  const change = { add: [] as readonly string[], remove: [] as readonly string[] };
  let failed = false;
  for (const pair of node.items as Pair<Node, Node | null>[]) {
    const key = nodeText(pair.key);
    if (key.startsWith('x-')) continue;
    if (key !== 'add' && key !== 'remove') {
      const near = closest(key, ['add', 'remove']);
      report.add(spanOf(pair.key), {
        code: 'unknown-key',
        message: `${code(path)} is changed with \`add\` and \`remove\`, not ${code(key)}.`,
        fix: near === null ? 'Write a list, or `add` and `remove` with a list each.' : `Did you mean \`${near}\`?`,
        field: path,
        ...(near === null ? {} : { replacement: near }),
      });
      failed = true;
    } else if (disguised(pair.value, report, path)) failed = true;
    else if (!isNothing(pair.value)) {
      const list = entries(path, pair.value!, item, report);
      if (list === undefined && !isSeq(pair.value)) notAList(`${path}.${key}`, path, pair.value!, item, report);
      if (list === undefined) failed = true;
      else change[key] = list;
    }
  }
  return failed ? undefined : { change };
}

function notAList(shown: string, path: FieldPath, node: Node, item: Kind<string> | undefined, report: Report): void {
  let replacement: string | undefined;
  if (isScalar(node) && item !== undefined) {
    try {
      item.parse(nodeText(node));
      replacement = `[${inlineScalar(nodeText(node), true)}]`;
    } catch {
      // A word that is refused itself is no fix.
    }
  }
  report.add(spanOf(node), {
    code: 'wrong-type',
    message: `${code(shown)} is a list.`,
    fix: replacement === undefined ? 'Write a list like `[one, two]`.' : `Write \`${replacement}\`.`,
    field: path,
    replacement,
  });
}

/** A field that is a list of words. */
export function listOf(path: FieldPath, node: Node | null, place: Span, report: Report): ReadValue {
  const { kind } = anyField(path);
  const item = kind.item!;
  const orNull = kind.nullWord !== undefined;
  if (isNothing(node)) {
    if (orNull && node !== null) return { value: null };
    const there = isScalar(node) && spanOf(node)[0] < spanOf(node)[1];
    report.add(there ? spanOf(node) : place, {
      code: 'wrong-type',
      message: `${code(path)} has no value.`,
      fix: 'Write `[]` for an empty list, or take the line out.',
      field: path,
      ...(there ? { replacement: '[]' } : {}),
    });
    return undefined;
  }
  if (isMap(node) && isListPath(path)) return changeOf(path, node, item, report);
  if (isSeq(node)) {
    const value = entries(path, node, item, report);
    if (value === undefined) return undefined;
    return { value: orNull && value.length === 0 ? null : value };
  }
  if (orNull && isScalar(node)) {
    const text = nodeText(node);
    const words = text.split(/\s+/).filter((one) => one !== '');
    if (words.length === 1 && !(node.type === 'PLAIN' && text === 'none')) {
      const value = parsed(path, item, text, node, report);
      return value === undefined ? undefined : { value: [value] };
    }
    const replacement = text === 'none' ? 'null' : `[${words.map((one) => inlineScalar(one, true)).join(', ')}]`;
    report.add(spanOf(node), {
      code: 'wrong-type',
      message: `${code(path)} is a list of words; nothing splits ${code(text)} into them.`,
      fix:
        text === 'none'
          ? 'Write `null` for none, or `[none]` for a program of that name.'
          : `Write \`${replacement}\`.`,
      field: path,
      replacement,
    });
    return undefined;
  }
  notAList(path, path, node!, item, report);
  return undefined;
}

/** A field that maps names to texts. */
export function mapOf(path: FieldPath, node: Node | null, place: Span, report: Report): ReadValue {
  const entry = anyField(path).kind.entry!;
  if (!isMap(node)) {
    report.add(isNothing(node) ? place : spanOf(node), {
      code: 'wrong-type',
      message: `${code(path)} is a map of names and values.`,
      fix: 'Write it like `{ NAME: value }`, or `{}` for none.',
      field: path,
    });
    return undefined;
  }
  const found = new Map<string, string>();
  let failed = false;
  if (node.items.length > LIST_MAX) {
    report.add(spanOf(node), {
      code: 'bad-value',
      message: `${code(path)} has ${node.items.length} entries.`,
      fix: `Shorten it to at most ${LIST_MAX}.`,
      field: path,
    });
    return undefined;
  }
  for (const pair of node.items as Pair<Node, Node | null>[]) {
    if (report.full) return undefined;
    const name = nodeText(pair.key);
    if (disguised(pair.key, report, path) || disguised(pair.value, report, path)) failed = true;
    else if (!isScalar(pair.value) || isNothing(pair.value)) {
      report.add(isNothing(pair.value) ? spanOf(pair.key) : spanOf(pair.value), {
        code: 'wrong-type',
        message: `${code(name)} in ${code(path)} has ${isNothing(pair.value) ? 'no value' : 'more than one value'}.`,
        fix: isNothing(pair.value) ? 'Write `""` for an empty value.' : 'Write one text.',
        field: path,
      });
      failed = true;
    } else {
      const kind: Kind<readonly [string, string]> = {
        name: 'map',
        looser: null,
        format: String,
        parse: (text) => entry(name, text),
      };
      const one = parsed(path, kind, nodeText(pair.value), pair.value, report);
      if (one === undefined) failed = true;
      else if (found.has(one[0])) {
        if (!report.problems.some(({ code }) => code === 'duplicate-key'))
          report.add(spanOf(pair.key), {
            code: 'duplicate-key',
            message: `${code(one[0])} is in ${code(path)} twice.`,
            fix: 'Keep one of them.',
            field: path,
          });
        failed = true;
      } else found.set(...one);
    }
  }
  return failed ? undefined : { value: Object.fromEntries(found) };
}

/** A mount with what its writer left out. */
function mountForm(entry: object): string {
  const { type = 'bind', source, target, mode = 'ro' } = entry as Readonly<Record<string, unknown>>;
  return JSON.stringify([type, source, target, mode]);
}

/** The plainest form of a list's entry as it is written, by which entries of this field are told apart. */
export function entryForm(path: string): (entry: unknown) => string {
  const item = isFieldPath(path) ? anyField(path).kind.item : undefined;
  return (entry) => {
    if (typeof entry !== 'string')
      return path === 'files.mounts' && typeof entry === 'object' && entry !== null
        ? mountForm(entry)
        : JSON.stringify(entry);
    if (item === undefined) return entry;
    try {
      return item.parse(entry);
    } catch {
      return entry;
    }
  };
}
