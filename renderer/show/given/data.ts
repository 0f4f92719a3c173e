/** Data typed for a script: JSON with the place of a mistake. Pure. */
import { GIVEN_LIMITS } from '#shared/domain/exchange.ts';
import { parseJson } from '#shared/exchange/json.ts';

/** A name and what stands beside it, as typed. */
export interface Pair {
  readonly id: number;
  readonly name: string;
  readonly value: string;
}

let lastPair = 0;

/** A name with its value, empty unless given. */
export const newPair = (name = '', value = ''): Pair => ({ id: ++lastPair, name, value });

/** A secret with a name and no value: it was asked for, and is not there yet. */
export const isMissing = ({ name, value }: Pair): boolean => name !== '' && value === '';

export interface Given {
  /** As a launch takes them; absent when nothing was typed. */
  readonly data: { readonly input?: unknown; readonly variables?: Record<string, unknown> };
  /** What is wrong with the input, and where it begins. */
  readonly input: { readonly problem: string; readonly at: number } | null;
  /** What is wrong with a variable, by its id. */
  readonly variables: ReadonlyMap<number, string>;
}

/** What is wrong with the names of variables or secrets, by the pair's id; a line that is all blank is none yet. */
export function nameProblems(pairs: readonly Pair[]): ReadonlyMap<number, string> {
  const problems = new Map<number, string>();
  const names = new Set<string>();
  for (const { id, name, value } of pairs) {
    if (name === '' && value !== '') problems.set(id, 'It has no name.');
    else if (names.has(name)) problems.set(id, 'This name is there twice.');
    if (name !== '') names.add(name);
  }
  return problems;
}

/** Reads what was typed; a mistake keeps the launch from being made. */
export function givenOf(input: string, variables: readonly Pair[]): Given {
  const problems = new Map<number, string>();
  const values: Record<string, unknown> = {};
  for (const { id, name, value } of variables) {
    if (name === '' && value === '') continue;
    const parsed = parseJson(value, GIVEN_LIMITS.depth);
    if (name === '') problems.set(id, 'It has no name.');
    else if (Object.hasOwn(values, name)) problems.set(id, 'This name is there twice.');
    else if ('problem' in parsed) problems.set(id, `${parsed.problem} A text needs quotation marks.`);
    else Object.defineProperty(values, name, { value: parsed.value, enumerable: true });
  }
  const read = input.trim() === '' ? null : parseJson(input, GIVEN_LIMITS.depth);
  const problem = read && 'problem' in read ? read : null;
  return {
    data: {
      ...(read && 'value' in read ? { input: read.value } : {}),
      ...(Object.keys(values).length > 0 ? { variables: values } : {}),
    },
    input: problem,
    variables: problems,
  };
}
