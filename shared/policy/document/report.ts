/** Collecting what is wrong with a file, each mistake at its place (POL-4). */
import type { Node } from 'yaml';
import type { Problem } from '../../domain/policy-document.ts';
import { showShort } from '../../script/display.ts';
import type { Place, SafeYaml, YamlProblem } from './safe-yaml.ts';

/** Problems that are kept of one file. */
export const PROBLEM_LIMIT = 100;

/** Offsets in the text. */
export type Span = readonly [from: number, to: number];

export interface Mistake {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
  readonly field?: string | undefined;
  readonly replacement?: string | undefined;
  readonly severity?: Problem['severity'];
}

/** A name of the file inside a sentence. */
export function code(text: string): string {
  return `\`${showShort(text, 60).replaceAll('`', "'")}\``;
}

const SYNTAX: Readonly<Record<YamlProblem['code'], (what: string, limit: number) => Mistake>> = {
  'too-large': (_what, limit) => ({
    code: 'too-large',
    message: 'The policy file is too large.',
    fix: `Take out what is not part of the policy; a file has at most ${limit / 1024} KiB.`,
  }),
  'too-deep': () => ({
    code: 'too-deep',
    message: 'The policy file is nested too deeply.',
    fix: 'Take out what is not part of the policy, which needs four levels at most.',
  }),
  'not-text': (what) => ({
    code: 'not-text',
    message: `The policy file holds a character that is not text (${what}).`,
    fix: 'Take it out, or choose a YAML file in UTF-8.',
  }),
  'yaml-syntax': (what) => ({
    code: 'yaml-syntax',
    message: `This is not valid YAML: ${showShort(what, 160)}`,
    fix: 'Mend this line.',
  }),
  tab: () => ({
    code: 'yaml-syntax',
    message: 'YAML does not allow tabs in front of a line.',
    fix: 'Indent with spaces.',
  }),
  'multiple-documents': () => ({
    code: 'multiple-documents',
    message: 'The file holds more than one document.',
    fix: 'Keep one policy per file: take out what follows `---`.',
  }),
  'duplicate-key': (key) => ({
    code: 'duplicate-key',
    message: `${code(key)} is there twice.`,
    fix: 'Keep one of them.',
  }),
};

export class Report {
  readonly problems: Problem[] = [];
  readonly text: string;
  readonly #file: string;
  readonly #place: (offset: number) => Place;

  constructor(file: string, yaml: SafeYaml, limit: number) {
    this.#file = file;
    this.text = yaml.text;
    this.#place = (offset) => yaml.place(offset);
    for (const { code, from, to, what } of yaml.problems) this.add([from, to], SYNTAX[code](what, limit));
  }

  get full(): boolean {
    return this.problems.length >= PROBLEM_LIMIT;
  }

  get failed(): boolean {
    return this.problems.some(({ severity }) => severity === 'error');
  }

  range([from, to]: Span): { line: number; column: number; endLine: number; endColumn: number } {
    const start = this.#place(from);
    const end = this.#place(to);
    return { line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
  }

  add(span: Span, { code, message, fix, field, replacement, severity = 'error' }: Mistake): void {
    if (this.full) return;
    this.problems.push({
      file: this.#file,
      ...this.range(span),
      severity,
      code,
      message,
      fix,
      ...(field === undefined ? {} : { field }),
      ...(replacement === undefined ? {} : { replacement }),
    });
  }
}

/** Where a node stands, without the comment after it; the start of the text for none. */
export function spanOf(node: Node | null | undefined): Span {
  const range = node?.range;
  return range ? [range[0], Math.max(range[0], range[1])] : [0, 0];
}
