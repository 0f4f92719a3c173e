/** Environment and secrets of a launch; a secret's value never appears in a message. */
import { LAUNCH_LIMITS } from '../contract/runs.ts';
import { utf8Length } from './bytes.ts';
import { showShort } from './display.ts';
import { refuse, size } from './refuse.ts';

/** Names that change how programs are loaded: legal inside the sandbox, worth a word. */
const LOADER =
  /^(?:LD_(?:PRELOAD|LIBRARY_PATH|AUDIT)|PYTHON(?:PATH|STARTUP|HOME)|NODE_OPTIONS|NODE_PATH|BASH_ENV|ENV|PATH|IFS)$/;

/**
 * Checks names, sizes and the split between plain and secret entries; appends what is worth saying to `warnings`.
 * @throws AppError `input-invalid`.
 */
export function checkEnvironment(
  env: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>>,
  warnings: { message: string }[],
): void {
  let total = 0;
  for (const [kind, entries] of [
    ['environment variable', env],
    ['secret', secrets],
  ] as const) {
    for (const [name, value] of Object.entries(entries)) {
      checkEntry(kind, name, value);
      total += utf8Length(name) + utf8Length(value) + 2;
      if (LOADER.test(name))
        warnings.push({
          message: `${name} changes how programs in the sandbox are found or loaded; the script gets it as given.`,
        });
    }
  }
  const both = Object.keys(env).find((name) => Object.hasOwn(secrets, name));
  if (both !== undefined)
    refuse(
      `${showShort(both, 60)} is given as environment variable and as secret.`,
      'The script would see only one of them.',
      'Remove one of the two.',
    );
  if (total > LAUNCH_LIMITS.environment) {
    refuse(
      `The environment takes ${size(total)}, more than ${size(LAUNCH_LIMITS.environment)}.`,
      'Linux limits what a program is started with.',
      'Pass the data over stdin or in a file of the launch.',
    );
  }
}

function checkEntry(kind: string, name: string, value: string): void {
  const shown = showShort(name, 60) || '(empty)';
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    refuse(
      `${shown} is no name for ${kind === 'secret' ? 'a secret' : 'an environment variable'}.`,
      'A name has letters, digits and `_`, and does not begin with a digit.',
      'Rename it.',
    );
  }
  if (/^BELLGLASS_/i.test(name))
    refuse(`${shown} cannot be set.`, 'Names that begin with BELLGLASS_ are Bellglass’ own.', 'Choose another name.');
  if (value.includes('\0'))
    refuse(
      `The value of ${shown} has a NUL character.`,
      'No program can receive one in its environment.',
      'Remove it, or pass the data over stdin.',
    );
  if (utf8Length(name) + utf8Length(value) + 1 > LAUNCH_LIMITS.argument) {
    refuse(
      `The value of ${shown} is longer than ${size(LAUNCH_LIMITS.argument + 1)}.`,
      'Linux takes no longer entry.',
      'Pass the data over stdin or in a file of the launch.',
    );
  }
}
