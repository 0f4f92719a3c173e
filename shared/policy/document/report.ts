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

/** What a file describes; the word that its problems use. */
export type Noun = 'policy' | 'workflow';

const SYNTAX: Readonly<Record<YamlProblem['code'], (what: string, limit: number, noun: Noun) => Mistake>> = {
  'too-large': (_what, limit, noun) => ({
    code: 'too-large',
    message: `The ${noun} file is too large.`,
    fix: `Take out what is not part of the ${noun}; a file has at most ${limit / 1024} KiB.`,
  }),
  'too-deep': (_what, _limit, noun) => ({
    code: 'too-deep',
    message: `The ${noun} file is nested too deeply.`,
    fix: `Take out what is not part of the ${noun}${noun === 'policy' ? ', which needs four levels at most' : ''}.`,
  }),
  'not-text': (what, _limit, noun) => ({
    code: 'not-text',
    message: `The ${noun} file holds a character that is not text (${what}).`,
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
  'multiple-documents': (_what, _limit, noun) => ({
    code: 'multiple-documents',
    message: 'The file holds more than one document.',
    fix: `Keep one ${noun === 'policy' ? 'policy' : 'document'} per file: take out what follows \`---\`.`,
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
  readonly noun: Noun;
  readonly #file: string;
  readonly #place: (offset: number) => Place;

  constructor(file: string, yaml: SafeYaml, limit: number, noun: Noun = 'policy') {
    this.#file = file;
    this.text = yaml.text;
    this.noun = noun;
    this.#place = (offset) => yaml.place(offset);
    for (const { code, from, to, what } of yaml.problems) this.add([from, to], SYNTAX[code](what, limit, noun));
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

  add(span: Span, mistake: Mistake): void {
    this.#push(this.range(span), mistake);
  }

  /** A mistake that is known by its place only; both 1-based. */
  addAt(line: number, column: number, mistake: Mistake): void {
    this.#push({ line, column, endLine: line, endColumn: column }, mistake);
  }

  #push(
    range: { line: number; column: number; endLine: number; endColumn: number },
    { code, message, fix, field, replacement, severity = 'error' }: Mistake,
  ): void {
    if (this.full) return;
    this.problems.push({
      file: this.#file,
      ...range,
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
