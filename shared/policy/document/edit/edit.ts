/** Changing fields of a policy file's text: comments, order, spacing and `x-` keys stay (POL-4). Pure. */
import { isDocument, isMap, isScalar, YAMLMap, type Document } from 'yaml';
import type { PolicyDocument } from '../../../domain/policy-document.ts';
import type { FieldPath, ListChange } from '../../../domain/policy.ts';
import { AppError } from '../../../lib/app-error.ts';
import { anyField, isFieldPath, isListPath } from '../../fields.ts';
import { insertPair, nested, removePair } from './pairs.ts';
import type { DocumentPath } from '../names.ts';
import { patchValue, type Ground } from './patch.ts';
import { endOf, isEmptyNode, splice, start, Unusual, type AnyMap, type AnyPair, type Splice } from './places.ts';
import { plainChange, plainDocument, plainValue } from '../plain.ts';
import { readParsed, readPolicy, type ReadPolicy } from '../read.ts';
import { nodeText, parseSafely, type SafeYaml } from '../safe-yaml.ts';
import { flow, type Plain } from '../scalar.ts';
import { entryForm } from '../lists.ts';

/** One change. `value` is in the field's base units; for a list it may be a {@link ListChange} instead. */
export type Edit =
  | { readonly path: DocumentPath; readonly value: unknown }
  | { readonly path: DocumentPath; readonly remove: true };

type Body = Omit<PolicyDocument, 'name'>;

function refuse(read: ReadPolicy, message: string, why: string): AppError {
  const problem = read.problems.find(({ severity }) => severity === 'error');
  return new AppError({
    code: 'policy-invalid',
    message: problem === undefined ? message : `${problem.line}:${problem.column}: ${problem.message}`,
    why,
    next: problem?.fix ?? 'Change it in the text instead.',
  });
}

function isChange(path: DocumentPath, value: unknown): value is ListChange {
  return isListPath(path) && typeof value === 'object' && value !== null && !Array.isArray(value) && 'add' in value;
}

function withHead(body: Body, path: 'trust_level' | 'description', value: unknown): Body {
  if (path === 'description') return { ...body, description: typeof value === 'string' ? value : '' };
  return { ...body, level: (value ?? null) as PolicyDocument['level'] };
}

const NOTHING: Body = { level: null, description: '', values: {}, changes: {} };

/** The value alone, read back from what we would write: checked, and in its plainest form. */
function checked(edit: Edit & { value: unknown }): Body {
  const { path, value } = edit;
  let alone: Body;
  if (path === 'trust_level' || path === 'description') alone = withHead(NOTHING, path, value);
  else if (isChange(path, value)) alone = { ...NOTHING, changes: { [path]: value } };
  else alone = { ...NOTHING, values: { [path]: value } };
  let read: ReadPolicy;
  try {
    if (value === undefined) throw new TypeError('no value');
    read = readPolicy('', '', flow(plainDocument(alone)));
  } catch (thrown) {
    throw new AppError(
      {
        code: 'policy-invalid',
        message: `This is no value of \`${path}\`.`,
        why: 'It is missing or of another type.',
        next: 'Choose another value.',
      },
      { cause: thrown },
    );
  }
  if (read.document === null) {
    const [problem] = read.problems;
    throw new AppError({ code: 'policy-invalid', message: problem?.message ?? '', next: problem?.fix });
  }
  return read.document;
}

/** The document after an edit. */
function wanted(body: Body, edit: Edit): Body {
  const { path } = edit;
  const one = 'remove' in edit ? NOTHING : checked(edit);
  if (path === 'trust_level') return { ...body, level: one.level };
  if (path === 'description') return { ...body, description: one.description };
  const values: Partial<Record<FieldPath, unknown>> = { ...body.values };
  const changes: Partial<Record<FieldPath, ListChange>> = { ...body.changes };
  delete values[path];
  delete changes[path];
  return {
    ...body,
    values: { ...values, ...one.values } as Body['values'],
    changes: { ...changes, ...one.changes },
  };
}

/** What is to stand at the path; undefined when nothing is. */
function plainAt(body: Body, path: DocumentPath): Plain | undefined {
  if (path === 'trust_level') return body.level ?? undefined;
  if (path === 'description') return body.description === '' ? undefined : body.description;
  const changes: Partial<Record<FieldPath, ListChange>> = body.changes;
  const change = changes[path];
  if (change !== undefined) return plainChange(change);
  return Object.hasOwn(body.values, path) ? plainValue(path, body.values[path]) : undefined;
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function form({ level, description, values, changes }: Body): string {
  return JSON.stringify([level, description, values, changes], (_key, value: unknown) => sorted(value));
}

function find(map: AnyMap, name: string): AnyPair | undefined {
  return map.items.find(({ key }) => nodeText(key) === name);
}

/** Changes characters only where the value stands. Throws {@link Unusual}. */
function splices(ground: Ground, contents: unknown, path: DocumentPath, plain: Plain | undefined): Splice[] {
  const parts = path.split('.');
  if (!isMap(contents)) {
    if (plain !== undefined && isScalar(contents) && !isEmptyNode(contents))
      return [{ from: start(contents), to: endOf(contents), text: flow(nested(parts, plain)) }];
    if (/^\.\.\./m.test(ground.text)) throw new Unusual();
    return plain === undefined ? [] : insertPair(ground, [], parts, plain);
  }
  const trail: AnyMap[] = [contents as AnyMap];
  for (const [index, part] of parts.entries()) {
    const map = trail.at(-1)!;
    const pair = find(map, part);
    if (pair === undefined) {
      if (plain === undefined) throw new Unusual();
      return insertPair(ground, trail, parts.slice(index), plain, parts.slice(0, index));
    }
    const rest = parts.slice(index + 1);
    if (rest.length === 0)
      return plain === undefined
        ? removePair(ground, trail, parts)
        : patchValue(ground, pair, map.flow === true, plain);
    if (isMap(pair.value)) trail.push(pair.value as AnyMap);
    else if (plain !== undefined) return patchValue(ground, pair, map.flow === true, nested(rest, plain));
    else throw new Unusual();
  }
  throw new Unusual();
}

/** Changes the tree and writes all of it anew: comments and order stay, spacing may not. */
function rewritten(text: string, path: DocumentPath, plain: Plain | undefined): string | null {
  const { document } = parseSafely(text, { limit: Infinity, schema: 'failsafe' });
  if (!isDocument(document)) return null;
  const copy: Document = document;
  const parts = path.split('.');
  if (plain === undefined) copy.deleteIn(parts);
  else {
    const value = parseSafely(flow(plain), { limit: Infinity, schema: 'failsafe' }).document?.contents;
    if (!isMap(copy.contents)) copy.contents = new YAMLMap(copy.schema) as never;
    for (let depth = 1; depth < parts.length; depth += 1) {
      const above = copy.getIn(parts.slice(0, depth), true);
      if (isScalar(above)) copy.setIn(parts.slice(0, depth), new YAMLMap(copy.schema));
    }
    copy.setIn(parts, value);
  }
  return copy.toString({ lineWidth: 0 });
}

function ground({ text }: SafeYaml, path: DocumentPath): Ground {
  return {
    text,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
    same: entryForm(path),
    named: isFieldPath(path) && anyField(path).kind.name === 'map',
  };
}

function edited(text: string, edit: Edit): string {
  const before = readParsed('', '', text);
  if (before.document === null) throw refuse(before, 'This is not a policy.', 'A file with a mistake is not edited.');
  const after = wanted(before.document, edit);
  if (form(after) === form(before.document)) return text;
  const { yaml } = before;
  const plain = plainAt(after, edit.path);
  const mark = text.slice(0, text.length - yaml.text.length);
  const own = ground(yaml, edit.path);
  let last: ReadPolicy | undefined;
  for (const way of [
    () => splice(yaml.text, splices(own, yaml.document?.contents, edit.path, plain)),
    () => rewritten(yaml.text, edit.path, plain)?.replaceAll(/\r?\n/g, own.eol),
  ]) {
    let result: string | undefined;
    try {
      result = way();
    } catch {
      // Whatever the library makes of a rare layout, the next way is tried, and the result is read back.
      continue;
    }
    if (result === undefined) continue;
    last = readPolicy('', '', mark + result);
    if (last.document !== null && form(last.document) === form(after)) return mark + result;
  }
  throw refuse(
    last ?? before,
    'This file is laid out so that the field cannot be changed alone.',
    'The change does not hold.',
  );
}

/**
 * The text with these fields changed, one after the other. What is not changed keeps its characters; a value that is there already is left as it is written.
 * Throws AppError `policy-invalid` for a text with an error, for a value that the field refuses, and for a result that would be refused.
 */
export function editPolicy(text: string, edits: readonly Edit[]): string {
  return edits.reduce((now, edit) => edited(now, edit), text);
}
