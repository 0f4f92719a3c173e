/** Which program runs a script. */
import type { Interpreter } from '#shared/script/detect.ts';

const PROGRAMS: Readonly<Record<Interpreter, string>> = {
  python: '/usr/bin/python3',
  node: '/usr/bin/node',
  bash: '/bin/bash',
};

/**
 * The argument vector that runs `entry` (a path inside the working folder) with the person's arguments.
 * A name that begins with a dash would be taken for an option, so it gets `./` in front.
 */
export function scriptCommand(interpreter: Interpreter, entry: string, args: readonly string[]): string[] {
  return [PROGRAMS[interpreter], entry.startsWith('-') ? `./${entry}` : entry, ...args];
}
