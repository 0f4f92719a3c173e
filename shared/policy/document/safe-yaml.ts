/** Reading YAML of unknown origin: bounded in size and depth, nothing interpreted, nothing repeated (POL-7). Pure. */
import { Composer, isMap, isPair, isScalar, isSeq, Lexer, LineCounter, Parser, type CST, type Document } from 'yaml';
import { utf8Length } from '../../script/bytes.ts';

/** Nesting beyond this has no meaning in our files and could exhaust the stack. */
const DEPTH_LIMIT = 64;

export interface YamlProblem {
  readonly code: 'too-large' | 'too-deep' | 'not-text' | 'yaml-syntax' | 'tab' | 'multiple-documents' | 'duplicate-key';
  /** Offsets in the text without its byte order mark. */
  readonly from: number;
  readonly to: number;
  /** One line: what the parser says, or the repeated key. */
  readonly what: string;
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface SafeYaml {
  /** The text without its byte order mark; all offsets count in it. */
  readonly text: string;
  /** Null when any problem but a duplicate key was found. */
  readonly document: Document | null;
  /** In order of the text, bounded. */
  readonly problems: readonly YamlProblem[];
  /** 1-based. */
  readonly place: (offset: number) => Place;
}

export interface SafeYamlOptions {
  /** Bytes that the text may have. */
  readonly limit: number;
  /** `failsafe` takes every value by its source text; `core` knows null, booleans and numbers. */
  readonly schema: 'failsafe' | 'core';
}

const PROBLEMS = 100;

// Everything that YAML calls printable, and lone surrogates, which no file can hold.
// eslint-disable-next-line no-control-regex
const UNPRINTABLE = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\uFFFE\uFFFF]|\r(?!\n)|\p{Cs}/u;

const BOM = '\uFEFF';

export function withoutBom(text: string): string {
  return text.startsWith(BOM) ? text.slice(1) : text;
}

/** Keys that are in their map already. */
function repeated(contents: unknown): YamlProblem[] {
  const found: YamlProblem[] = [];
  const open: unknown[] = [contents];
  while (open.length > 0) {
    const node = open.pop();
    if (isPair(node)) open.push(node.value);
    else if (isSeq(node)) open.push(...node.items);
    if (!isMap(node)) continue;
    const seen = new Set<string>();
    for (const pair of node.items) {
      open.push(pair.value);
      if (!isScalar(pair.key) || !pair.key.range) continue;
      const key = String(pair.key.value);
      if (seen.has(key)) {
        const [from, to] = pair.key.range;
        found.push({ code: 'duplicate-key', from, to, what: key });
      }
      seen.add(key);
    }
  }
  return found.toSorted((a, b) => a.from - b.from).slice(0, PROBLEMS);
}

function syntax({ code, message, pos }: Document['errors'][number]): YamlProblem {
  return {
    code: code === 'TAB_AS_INDENT' ? 'tab' : code === 'MULTIPLE_DOCS' ? 'multiple-documents' : 'yaml-syntax',
    from: pos[0],
    to: Math.max(pos[0], pos[1]),
    what: message.split('\n')[0] ?? '',
  };
}

function compose(
  text: string,
  schema: SafeYamlOptions['schema'],
  lines: LineCounter,
): Pick<SafeYaml, 'document' | 'problems'> {
  const failed = (...problems: YamlProblem[]) => ({ document: null, problems });
  try {
    const tokens: CST.Token[] = [];
    const parser = new Parser(lines.addNewLine);
    lines.addNewLine(0);
    let errors = 0;
    for (const lexeme of new Lexer().lex(text)) {
      for (const token of parser.next(lexeme)) {
        tokens.push(token);
        if (token.type === 'error' || token.type === 'directive') errors += 1;
      }
      // Each is an error of its own, or means nothing; the first hundred are enough.
      if (errors > PROBLEMS) break;
      // What is open is nested; the parser gets slow, and the composer out of stack, long before the text is long.
      if (parser.stack.length > DEPTH_LIMIT) {
        const deep = parser.stack.at(-1)?.offset ?? 0;
        return failed({ code: 'too-deep', from: deep, to: deep + 1, what: '' });
      }
    }
    tokens.push(...parser.end());
    const composer = new Composer({
      schema,
      merge: false,
      stringKeys: true,
      // The library compares every key with every other one.
      uniqueKeys: false,
      keepSourceTokens: true,
      logLevel: 'silent',
    });
    let document: Document | undefined;
    for (const next of composer.compose(tokens, true, text.length)) {
      if (document !== undefined) {
        const from = next.range[0];
        return failed({ code: 'multiple-documents', from, to: from + 1, what: 'The file holds several documents.' });
      }
      document = next;
    }
    if (document === undefined) return failed();
    if (document.errors.length > 0) return failed(...document.errors.slice(0, PROBLEMS).map((error) => syntax(error)));
    return { document, problems: repeated(document.contents) };
  } catch (thrown) {
    // The parser has limits of its own, the stack's among them.
    const what = thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown);
    return failed({ code: 'yaml-syntax', from: 0, to: 0, what });
  }
}

/** One YAML document, or why it is none. Never throws; time and memory are linear in the size, which is bounded. */
export function parseSafely(given: string, { limit, schema }: SafeYamlOptions): SafeYaml {
  const text = withoutBom(given);
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  // Counting bytes costs a copy, and no text has fewer bytes than characters.
  if (text.length > limit || utf8Length(text) > limit)
    return { text, document: null, problems: [{ code: 'too-large', from: 0, to: 0, what: '' }], place };
  const bad = UNPRINTABLE.exec(text);
  if (bad !== null) {
    lines.addNewLine(0);
    for (const match of text.matchAll(/\n/g)) lines.addNewLine(match.index + 1);
    const what = `U+${(bad[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
    return { text, document: null, problems: [{ code: 'not-text', from: bad.index, to: bad.index + 1, what }], place };
  }
  return { text, ...compose(text, schema, lines), place };
}

/** The text of a scalar read by `failsafe`, quotes and folds resolved; empty for anything else. */
export function nodeText(node: unknown): string {
  return isScalar(node) && typeof node.value === 'string' ? node.value : '';
}
