/** What a step gave back, as later steps may know it: data of an untrusted script, bounded, never evaluated (WF-1, RUN-9). */
import { GIVEN_LIMITS, type Json, type RunData } from '#shared/domain/exchange.ts';
import { depthOfValue } from '#shared/exchange/json.ts';
import { utf8Length } from '#shared/script/bytes.ts';
import { size } from '#shared/script/refuse.ts';
import type { StepFacts } from '#shared/workflow/expression.ts';

/** Bytes of all results of one workflow that are kept for its later steps. */
export const RESULTS_LIMIT = 64 * 1024 * 1024;

export interface StepResult {
  readonly output: Json;
  /** Why there is no output although a later step may want it; null when all is well. */
  readonly outputProblem: string | null;
  readonly condition: boolean | null;
  readonly variables: Readonly<Record<string, Json>>;
  readonly exitCode: number | null;
  /** Bytes of output and variables as JSON. */
  readonly bytes: number;
}

const NO_RESULT: StepResult = {
  output: null,
  outputProblem: null,
  condition: null,
  variables: {},
  exitCode: null,
  bytes: 0,
};

function bytesOf(value: Json): number {
  return utf8Length(JSON.stringify(value));
}

/**
 * @param wanted some later step refers to it: its output is kept
 * @param room bytes that are left of {@link RESULTS_LIMIT}
 * @returns the result, and one sentence when something that the script gave cannot be used
 */
export function resultOf(
  data: RunData | null,
  exitCode: number | null,
  wanted: boolean,
  room: number,
): { readonly result: StepResult; readonly problem: string } {
  if (data === null) return { result: { ...NO_RESULT, exitCode }, problem: '' };
  let output: Json = null;
  let outputProblem: string | null = null;
  let bytes = 0;
  if (wanted && data.output.state === 'given') {
    const own = bytesOf(data.output.value);
    if (own > GIVEN_LIMITS.bytes)
      outputProblem = `Its output is ${size(own)}, more than the ${size(GIVEN_LIMITS.bytes)} that another step can be given.`;
    else if (own > room)
      outputProblem = `The outputs of this workflow are more than the ${size(RESULTS_LIMIT)} that are kept together.`;
    else if (depthOfValue(data.output.value, GIVEN_LIMITS.depth) > GIVEN_LIMITS.depth)
      outputProblem = `Its output has more than ${GIVEN_LIMITS.depth} arrays and objects in one another.`;
    else {
      output = data.output.value;
      bytes += own;
    }
  } else if (wanted && data.output.state === 'invalid') outputProblem = data.output.problem;
  else if (wanted && data.output.state === 'large') outputProblem = 'Its output is too large to be read.';
  const variables = data.variables.state === 'given' ? data.variables.value : {};
  const theirs = bytesOf(variables);
  const fits = theirs <= Math.min(GIVEN_LIMITS.bytes, room - bytes);
  const condition = data.condition.state === 'given' ? data.condition.value : null;
  const problem = [
    data.variables.state === 'invalid' ? data.variables.problem : '',
    data.condition.state === 'invalid' ? data.condition.problem : '',
    fits ? '' : `Its variables are ${size(theirs)}, too much to be kept.`,
  ].find((one) => one !== '');
  return {
    result: {
      output,
      outputProblem,
      condition,
      variables: fits ? variables : {},
      exitCode,
      bytes: bytes + (fits ? theirs : 0),
    },
    problem: problem ?? '',
  };
}

/** What an expression sees of a step; asking for an output that cannot be used says why. */
export function factsOf(state: string, result: StepResult | undefined): StepFacts {
  const { output, outputProblem, condition, exitCode } = result ?? NO_RESULT;
  const facts = { condition: state === 'skipped' ? false : condition, state, exit_code: exitCode };
  if (outputProblem === null) return { output, ...facts };
  return Object.defineProperty({ output: null, ...facts }, 'output', {
    enumerable: true,
    get: () => {
      throw new Error(outputProblem);
    },
  });
}

/** Characters of a value that is shown as it is. */
const SHOWN = 4096;

/** Variables of a workflow that is over, for looking at: given, then what its steps have set. */
export function endedVariables(
  own: Readonly<Record<string, Json>>,
  given: Readonly<Record<string, unknown>> | undefined,
  steps: readonly { readonly id: string }[],
  results: ReadonlyMap<string, StepResult>,
): Record<string, Json> {
  let variables = { ...own, ...(given as Record<string, Json> | undefined) };
  for (const { id } of steps) variables = { ...variables, ...results.get(id)?.variables };
  return shownVariables(variables);
}

/** Variables for looking at: a large one is told by its size. */
export function shownVariables(variables: Readonly<Record<string, Json>>): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => {
      const text = JSON.stringify(value);
      return [name, text.length > SHOWN ? `… (${size(utf8Length(text))})` : value];
    }),
  );
}
