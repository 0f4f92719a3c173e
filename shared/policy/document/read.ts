/** A policy file's text as a document, with every mistake at its place; never half-applied (POL-4, POL-7). Pure. */
import { isMap, isScalar, type Node, type Pair, type YAMLMap } from 'yaml';
import { POLICY_FILE_LIMIT } from '../../contract/policies.ts';
import type { PolicyDocument, Problem } from '../../domain/policy-document.ts';
import { TRUST_LEVELS, type FieldPath, type ListChange, type TrustLevel } from '../../domain/policy.ts';
import { closest } from '../../lib/closest.ts';
import type { Layer } from '../merge/overlay.ts';
import { fixedKey, forbiddenCapabilities } from './forbidden.ts';
import { DOCUMENT_PATHS, isFree, NAMES, type DocumentPath, type Head, type Names } from './names.ts';
import { code, Report, spanOf, type Span } from './report.ts';
import { nodeText, parseSafely, type SafeYaml } from './safe-yaml.ts';
import { disguised, isNothing } from './node.ts';
import { readValue } from './value.ts';

/** Characters of a description. */
export const DESCRIPTION_LIMIT = 2000;

/** Where a key and its value stand. Lines and columns are 1-based, the end is exclusive. */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface ReadPolicy {
  /** Null when any problem is an error. */
  readonly document: PolicyDocument | null;
  /** In order of the text; the first hundred. */
  readonly problems: Problem[];
  /** By dotted path, the paths of groups among them; empty when the text is no YAML. */
  readonly positions: ReadonlyMap<string, Position>;
}

interface Found {
  level: TrustLevel | null;
  description: string;
  readonly values: Record<string, unknown>;
  readonly changes: Record<string, ListChange>;
}

interface Walk {
  readonly report: Report;
  readonly found: Found;
  readonly positions: Map<string, Position>;
  /** Where capabilities are asked for. */
  capabilities: Span | null;
}

function readHead(head: Head, node: Node | null, place: Span, { report, found }: Walk): void {
  if (disguised(node, report, head)) return;
  const field = head;
  const text = isScalar(node) && !isNothing(node) ? nodeText(node) : null;
  if (head === 'description') {
    if (isNothing(node)) return;
    // eslint-disable-next-line no-control-regex
    if (text === null || text.length > DESCRIPTION_LIMIT || /[\0-\x08\x0b-\x1f\x7f]|\p{Cs}/u.test(text))
      report.add(spanOf(node), {
        code: text === null ? 'wrong-type' : 'bad-value',
        message: text === null ? '`description` is one text.' : 'The description is too long, or is not plain text.',
        fix: `Write a sentence of at most ${DESCRIPTION_LIMIT} characters.`,
        field,
      });
    else found.description = text;
    return;
  }
  const word = text?.trim().toLowerCase();
  const level = TRUST_LEVELS.find((one) => one === word);
  if (level !== undefined) {
    found.level = level;
    return;
  }
  const near = word === undefined ? null : closest(word, TRUST_LEVELS);
  report.add(isNothing(node) ? place : spanOf(node), {
    code: text === null ? 'wrong-type' : 'bad-value',
    message: text === null ? '`trust_level` is one word.' : `There is no trust level ${code(text)}.`,
    fix: near === null ? `Write one of ${TRUST_LEVELS.join(', ')}.` : `Did you mean \`${near}\`?`,
    field,
    ...(near === null ? {} : { replacement: near }),
  });
}

function unknownKey(name: string, path: string, names: Names, key: Node, report: Report): void {
  const fixed = fixedKey(name);
  if (fixed !== null) {
    report.add(spanOf(key), { code: 'forbidden', ...fixed, field: path });
    return;
  }
  if (name === '<<') {
    report.add(spanOf(key), {
      code: 'alias',
      message: 'Policies do not use merge keys.',
      fix: 'Write the values themselves.',
      field: path,
    });
    return;
  }
  const sibling = closest(name, [...names.keys.keys()]);
  const elsewhere = sibling === null ? closest(name, DOCUMENT_PATHS) : null;
  const dotted = DOCUMENT_PATHS.find((one) => one === name || one === path);
  report.add(spanOf(key), {
    code: 'unknown-key',
    message: `There is no policy field ${code(path)}.`,
    fix:
      sibling !== null && dotted === undefined
        ? `Did you mean \`${sibling}\`?`
        : dotted !== undefined || elsewhere !== null
          ? nested(dotted ?? elsewhere!)
          : 'Take it out, or start its name with `x-`.',
    field: path,
    ...(sibling !== null && dotted === undefined ? { replacement: sibling } : {}),
  });
}

function nested(path: string): string {
  const cut = path.lastIndexOf('.');
  return cut === -1
    ? `Did you mean \`${path}\`, at the start of a line?`
    : `Did you mean \`${path.slice(cut + 1)}\`, below \`${path.slice(0, cut).replace('.', '` and `')}\`?`;
}

function walk(map: YAMLMap, prefix: string, names: Names, state: Walk): void {
  const { report, found, positions } = state;
  const seen = new Set<string>();
  for (const pair of map.items as Pair<Node, Node | null>[]) {
    if (report.full) return;
    const name = nodeText(pair.key);
    if (isFree(name)) continue;
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const known = names.keys.get(name);
    if (disguised(pair.key, report)) continue;
    if (known === undefined) {
      unknownKey(name, path, names, pair.key, report);
      continue;
    }
    // A repeated key is reported already.
    if (seen.has(name)) continue;
    seen.add(name);
    const key = spanOf(pair.key);
    const value = spanOf(pair.value);
    positions.set(path, report.range([key[0], Math.max(key[1], value[1])]));
    if (typeof known === 'object') {
      if (disguised(pair.value, report, path)) continue;
      if (isMap(pair.value)) walk(pair.value, path, known, state);
      else if (!isNothing(pair.value)) {
        const first = [...known.keys.keys()][0] ?? '';
        report.add(value, {
          code: 'wrong-type',
          message: `${code(path)} is a group, not a value.`,
          fix: `Write its fields below it, indented, such as \`${first}\`.`,
          field: path,
        });
      }
    } else if (isHead(known)) readHead(known, pair.value, key, state);
    else {
      if (known === 'security.capabilities') state.capabilities = value[0] < value[1] ? value : key;
      const read = readValue(known, pair.value, key, report);
      if (read === undefined) continue;
      if ('change' in read) found.changes[known] = read.change;
      else found.values[known] = read.value;
    }
  }
}

function isHead(path: DocumentPath): path is Head {
  return path === 'trust_level' || path === 'description';
}

function checkCapabilities({ report, found, capabilities }: Walk): void {
  const path: FieldPath = 'security.capabilities';
  const asked = (found.values[path] as readonly string[] | undefined) ?? found.changes[path]?.add ?? [];
  const refused = forbiddenCapabilities(found.level, asked);
  if (refused !== null && capabilities !== null)
    report.add(capabilities, { code: 'forbidden', ...refused, field: path });
}

/** Fields of one group (`resources`, `network`, …) inside another document; every mistake is reported at its place. */
export function readGroup(group: string, map: YAMLMap, report: Report): Layer {
  const found: Found = { level: null, description: '', values: {}, changes: {} };
  const names = NAMES.keys.get(group);
  if (typeof names === 'object') walk(map, group, names, { report, found, positions: new Map(), capabilities: null });
  return { values: found.values, changes: found.changes };
}

/** {@link readPolicy} with the parsed text beside it, for editing. */
export function readParsed(file: string, name: string, text: string): ReadPolicy & { readonly yaml: SafeYaml } {
  const yaml = parseSafely(text, { limit: POLICY_FILE_LIMIT, schema: 'failsafe' });
  const report = new Report(file, yaml, POLICY_FILE_LIMIT);
  const found: Found = { level: null, description: '', values: {}, changes: {} };
  const state: Walk = { report, found, positions: new Map(), capabilities: null };
  const contents = yaml.document?.contents ?? null;
  if (contents !== null && !disguised(contents, report)) {
    if (isMap(contents)) {
      walk(contents, '', NAMES, state);
      checkCapabilities(state);
    } else if (!isNothing(contents))
      report.add(spanOf(contents), {
        code: 'wrong-type',
        message: 'The policy file is not a map of fields.',
        fix: 'Write lines like `trust_level: limited`.',
      });
  }
  const problems = report.problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  const document = report.failed
    ? null
    : { name, level: found.level, description: found.description, values: found.values, changes: found.changes };
  return { document, problems, positions: state.positions, yaml };
}

/**
 * Reads the text of a policy file. Never throws: every mistake is a problem, and with any error there is no document.
 * @param file as problems name it
 * @param name the document's name
 */
export function readPolicy(file: string, name: string, text: string): ReadPolicy {
  const { document, problems, positions } = readParsed(file, name, text);
  return { document, problems, positions };
}
