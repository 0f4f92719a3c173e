/** What a launch gives to its script beside files: values, sizes and names (RUN-9). */
import { GIVEN_LIMITS, DATA_PATHS } from '../domain/exchange.ts';
import { utf8Length } from '../script/bytes.ts';
import { showShort } from '../script/display.ts';
import { refuse, size } from '../script/refuse.ts';
import { depthOfValue } from './json.ts';

export interface GivenData {
  /** Undefined: none. */
  readonly input: unknown;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  readonly eventMetadata: unknown;
}

function checkValue(what: string, value: unknown): void {
  if (depthOfValue(value, GIVEN_LIMITS.depth) > GIVEN_LIMITS.depth)
    refuse(
      `${what} has more than ${GIVEN_LIMITS.depth} arrays and objects in one another.`,
      'Many programs cannot read JSON that is deeper.',
      'Make it flatter, or pass the data in a file of the launch.',
    );
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    text = undefined;
  }
  if (text === undefined)
    refuse(
      `${what} is no JSON value.`,
      'The script gets it as a JSON file.',
      'Use texts, numbers, true, false, null, arrays and objects.',
    );
  // A UTF-16 unit is at most three bytes, so a short text needs no measuring.
  const bytes = text.length * 3 <= GIVEN_LIMITS.bytes ? 0 : utf8Length(text);
  if (bytes > GIVEN_LIMITS.bytes)
    refuse(
      `${what} is ${size(bytes)}, more than ${size(GIVEN_LIMITS.bytes)}.`,
      'It is sent into the memory of the sandbox before the script starts.',
      'Pass the data over stdin, or make it smaller.',
    );
}

/**
 * Checks everything that is given, and that no file of the launch is at its place.
 * @throws AppError `input-invalid`.
 */
export function checkGiven(given: GivenData, paths: readonly string[]): void {
  const { input, variables, eventMetadata } = given;
  const folder = DATA_PATHS.data.split('/').at(-1) ?? '';
  for (const [what, name, value] of [
    ['The input', 'input', input],
    ['The variables together', 'variables', variables],
    ['The metadata of the event', 'event', eventMetadata],
  ] as const) {
    if (value === undefined) continue;
    const place = `${folder}/${name}.json`;
    const taken = paths.find((path) => path === folder || path === place || path.startsWith(`${place}/`));
    if (taken !== undefined)
      refuse(
        `${what} cannot be given: the launch has a file ${showShort(taken, 80)}.`,
        `The script finds it in ${DATA_PATHS.data}/${name}.json.`,
        'Rename the file, or leave it out.',
      );
    checkValue(what, value);
  }
  if (variables === undefined) return;
  const names = Object.keys(variables);
  if (names.length > GIVEN_LIMITS.variables)
    refuse(
      `There are ${names.length} variables, more than ${GIVEN_LIMITS.variables}.`,
      'Variables are single values with a name.',
      'Give the data as the input.',
    );
  for (const name of names) {
    if (name.trim() === '' || name.length > GIVEN_LIMITS.name || name !== showShort(name, GIVEN_LIMITS.name))
      refuse(
        `${name.trim() === '' ? 'A variable without a name' : `The variable name ${showShort(name, 60)}`} cannot be used.`,
        `A name has 1 to ${GIVEN_LIMITS.name} characters that can be seen.`,
        'Choose another name.',
      );
  }
}
