/** The settings file as text: reading it with line and column, and editing one key while all else stays. Pure. */
import { Alias, isMap, isScalar, isSeq, Pair, Scalar, YAMLMap, type Document, type Node } from 'yaml';
import { AppError } from '#shared/lib/app-error.ts';
import { closest } from '#shared/lib/closest.ts';
import { parseSafely, withoutBom } from '#shared/policy/document/safe-yaml.ts';
import { ENTRIES, type Entry, type Texts } from './table.ts';

/** Bytes of the largest file that is read. */
export const SIZE_LIMIT = 1024 * 1024;

/** A problem at a place of the file; `key` when it is known whose. */
export class SettingsProblem extends AppError {
  readonly key: string | undefined;
  constructor(
    where: { file: string; line: number; column: number },
    what: string,
    why: string,
    next: string,
    key?: string,
  ) {
    super({ code: 'input-invalid', message: `${where.file}:${where.line}:${where.column}: ${what}`, why, next });
    this.key = key;
  }
}

type Report = (node: Node | null | undefined, what: string, why: string, next: string, key?: string) => SettingsProblem;

const FIX = 'Mend this line; until then the last good version stays in force.';

interface Parsed {
  readonly document: Document;
  readonly report: Report;
}

function parse(file: string, text: string): Parsed {
  const { document, problems, place } = parseSafely(text, { limit: SIZE_LIMIT, schema: 'core' });
  const at = (offset: number) => ({ file, ...place(offset) });
  const [first] = problems;
  const warning = document?.warnings[0];
  if (first?.code === 'too-large')
    throw new SettingsProblem(
      at(0),
      'The settings file is too large.',
      `It has more than ${SIZE_LIMIT} bytes.`,
      'Take out what is not a setting.',
    );
  if (first?.code === 'too-deep')
    throw new SettingsProblem(
      at(first.from),
      'The settings file is nested too deeply.',
      'Settings need two or three levels.',
      'Take out what is not a setting.',
    );
  if (first !== undefined) {
    const why =
      first.code === 'duplicate-key'
        ? `\`${first.what.slice(0, 120)}\` is there twice.`
        : first.code === 'not-text'
          ? `It holds a character that is not text (${first.what}).`
          : first.what;
    throw new SettingsProblem(at(first.from), 'This is not valid YAML.', why, FIX);
  }
  if (document === null || warning !== undefined)
    throw new SettingsProblem(
      at(warning?.pos[0] ?? 0),
      'This is not valid YAML.',
      warning?.message.split('\n')[0] ?? '',
      FIX,
    );
  return {
    document,
    report: (node, what, why, next, key) => new SettingsProblem(at(node?.range?.[0] ?? 0), what, why, next, key),
  };
}

function scalarText(node: unknown): string | null {
  if (!isScalar(node)) return null;
  if (node.source !== undefined) return node.value === null ? null : node.source;
  const { value } = node;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

/** A value as `--set` would take it: lists by commas, maps as `name=value`. Null: not of such a shape. */
function valueText(node: unknown, entry: Entry): string | null {
  const single = scalarText(node);
  if (single !== null) return single;
  const join = (parts: (string | null)[]): string | null =>
    parts.some((part) => part === null || part.includes(',')) ? null : parts.length === 0 ? 'none' : parts.join(',');
  if (isSeq(node) && entry.kind.name === 'list') return join(node.items.map((item) => scalarText(item)));
  if (isMap(node) && entry.kind.name === 'map') {
    return join(
      node.items.map((pair) => {
        const value = scalarText(pair.value);
        return value === null ? null : `${String(scalarText(pair.key))}=${value}`;
      }),
    );
  }
  return null;
}

function isPrefix(key: string): boolean {
  return [...ENTRIES.keys()].some((known) => known.startsWith(`${key}.`));
}

function walk(map: YAMLMap, prefix: string, texts: Map<string, string>, report: Report): void {
  for (const pair of map.items) {
    const keyNode = pair.key as Node;
    const name = scalarText(keyNode) ?? '';
    const key = prefix === '' ? name : `${prefix}.${name}`;
    if (name.startsWith('x-')) continue;
    const value = pair.value as Node | null;
    const entry = ENTRIES.get(key);
    if (value instanceof Alias)
      throw report(
        value,
        `\`${key}\` is an alias.`,
        'Settings do not use anchors and aliases.',
        'Write the value itself.',
        key,
      );
    if (entry === undefined && isPrefix(key) && isMap(value)) {
      walk(value, key, texts, report);
    } else if (entry === undefined && isPrefix(key)) {
      if (value !== null && scalarText(value) !== null)
        throw report(
          value,
          `\`${key}\` needs settings below it.`,
          'It is a group, not a value.',
          `Write for instance \`${[...ENTRIES.keys()].find((known) => known.startsWith(`${key}.`)) ?? key}\`, indented under it.`,
          key,
        );
    } else if (entry === undefined) {
      const near = closest(key, [...ENTRIES.keys()]);
      throw report(
        keyNode,
        `There is no setting \`${key.slice(0, 120)}\`.`,
        'The name is not known; names that start with `x-` are free.',
        near === null ? 'Take it out, or start its name with `x-`.' : `Did you mean \`${near}\`?`,
        key,
      );
    } else {
      if (isScalar(value) && value.value === null) continue;
      const text = value === null ? null : valueText(value, entry);
      if (text === null)
        throw report(
          value ?? keyNode,
          `\`${key}\` does not have the expected form.`,
          `It is a ${entry.kind.name}.`,
          `Write it like \`${name}: ${entry.initial || 'value'}\`.`,
          key,
        );
      checkValue(entry, text, (error) =>
        report(value, `${key}: ${error.message}`, error.why ?? '', error.next ?? '', key),
      );
      texts.set(key, text);
    }
  }
}

/** Throws what `wrap` makes of a bad value's error. */
export function checkValue(entry: Entry, text: string, wrap: (error: AppError) => Error): void {
  try {
    entry.kind.parse(text);
  } catch (thrown) {
    throw thrown instanceof AppError ? wrap(thrown) : thrown;
  }
}

function read({ document, report }: Parsed): Texts {
  const texts = new Map<string, string>();
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) return texts;
  if (!isMap(document.contents))
    throw report(
      document.contents,
      'The settings file is not a map of settings.',
      'It must consist of lines like `max_concurrent: 10`.',
      FIX,
    );
  walk(document.contents, '', texts, report);
  return texts;
}

/** Key → text of every setting in the file. Throws {@link SettingsProblem} with file, line and column for the first mistake. */
export function readSettings(file: string, text: string): Texts {
  return read(parse(file, text));
}

function scalarFor(entry: Entry, text: string): Scalar {
  if (entry.kind.name === 'count') return new Scalar(Number(text));
  if (entry.kind.name === 'boolean') return new Scalar(text.trim().toLowerCase() === 'true');
  return new Scalar(text);
}

function set(map: YAMLMap, path: readonly string[], value: Scalar): void {
  const [name = '', ...rest] = path;
  const there = map.items.find((pair) => scalarText(pair.key) === name);
  if (rest.length > 0) {
    const below = isMap(there?.value) ? there.value : new YAMLMap();
    if (there === undefined) map.items.push(new Pair(new Scalar(name), below));
    else there.value = below;
    set(below, rest, value);
  } else if (there === undefined) {
    map.items.push(new Pair(new Scalar(name), value));
  } else {
    const old = there.value;
    if (isScalar(old)) {
      value.comment = old.comment;
      value.commentBefore = old.commentBefore;
      value.spaceBefore = old.spaceBefore;
    }
    there.value = value;
  }
}

function remove(map: YAMLMap, path: readonly string[]): void {
  const [name = '', ...rest] = path;
  const index = map.items.findIndex((pair) => scalarText(pair.key) === name);
  const there = map.items[index];
  if (there === undefined) return;
  if (rest.length > 0 && isMap(there.value)) {
    remove(there.value, rest);
    if (there.value.items.length > 0) return;
  }
  map.items.splice(index, 1);
}

/** One line of YAML that reads as `text`, in block and in flow. */
function inline(text: string): string {
  const plain = /^[A-Za-z0-9]([\w ./%-]*[\w./%-])?$/.test(text);
  return plain && !/^(null|true|false)$/i.test(text) ? text : JSON.stringify(text);
}

/** Replaces the value where it stands, so that not even spacing changes; null when it does not stand on one line. */
function replaceInPlace(text: string, document: Document, entry: Entry, value: string): string | null {
  const old = document.getIn(entry.key.split('.'), true);
  if (!isScalar(old) || old.range === undefined || old.range === null) return null;
  const [start, end] = old.range;
  if (start === end || text.slice(start, end).includes('\n')) return null;
  const { value: written } = scalarFor(entry, value);
  return `${text.slice(0, start)}${typeof written === 'string' ? inline(written) : String(written)}${text.slice(end)}`;
}

/** The file's text with one key changed, or removed for null; comments and order of everything else stay. Throws for a broken file. */
export function editSettings(file: string, text: string, entry: Entry, value: string | null): string {
  const parsed = parse(file, text);
  read(parsed);
  const { document } = parsed;
  const inPlace = value === null ? null : replaceInPlace(withoutBom(text), document, entry, value);
  if (inPlace !== null) return checked(file, inPlace);
  const root: YAMLMap = isMap(document.contents) ? document.contents : new YAMLMap();
  document.contents = root as never;
  if (value === null) remove(root, entry.key.split('.'));
  else set(root, entry.key.split('.'), scalarFor(entry, value));
  return checked(file, document.toString({ lineWidth: 0 }));
}

function checked(file: string, text: string): string {
  readSettings(file, text);
  return text;
}
