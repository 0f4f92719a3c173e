/** The YAML of a policy as the draft needs it: read, edited in place, written anew. Pure. */
import type { PolicyDocument, Problem } from '#shared/domain/policy-document.ts';
import type { TrustLevel } from '#shared/domain/policy.ts';
import { toAppError, type AppErrorData } from '#shared/lib/app-error.ts';
import { editPolicy, readPolicy, writePolicy, type Edit as TextEdit } from '#shared/policy/document/index.ts';
import type { Edit } from './edit.ts';

export interface ReadText {
  /** Null when the text has an error. */
  readonly document: PolicyDocument | null;
  readonly problems: readonly Problem[];
}

export function readText(name: string, text: string): ReadText {
  return readPolicy(`${name}.yaml`, name, text);
}

function inText(edit: Edit): TextEdit {
  switch (edit.to) {
    case 'level':
      return edit.level === null ? { path: 'trust_level', remove: true } : { path: 'trust_level', value: edit.level };
    case 'description':
      return { path: 'description', value: edit.description };
    case 'level-default':
      return { path: edit.field, remove: true };
    case 'value':
      return { path: edit.field, value: edit.value };
    case 'change':
      return { path: edit.field, value: edit.change };
  }
}

/** The text after the edits; comments, order and `x-` keys stay. What a policy may not have is left out, and said. */
export function editText(text: string, edits: readonly Edit[]): { text: string; refused: AppErrorData | null } {
  let refused: AppErrorData | null = null;
  const after = edits.reduce((now, edit) => {
    try {
      return editPolicy(now, [inText(edit)]);
    } catch (thrown) {
      refused ??= toAppError(thrown).toData();
      return now;
    }
  }, text);
  return { text: after, refused };
}

/** The first text of a policy that starts from a level. */
export function newText(name: string, level: TrustLevel, description: string): string {
  return writePolicy({ name, level, description, values: {}, changes: {} });
}

/** The text with one problem mended by its replacement. */
export function mended(text: string, problem: Problem): string {
  if (problem.replacement === undefined) return text;
  const lines = text.split('\n');
  const place = (line: number, column: number): number =>
    lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
  return (
    text.slice(0, place(problem.line, problem.column)) +
    problem.replacement +
    text.slice(place(problem.endLine, problem.endColumn))
  );
}
