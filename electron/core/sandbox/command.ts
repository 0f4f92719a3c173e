/** Which program runs a script. */
import type { Interpreter } from '#shared/script/detect.ts';
import { WORKSPACE } from './payload.ts';

const PROGRAMS: Readonly<Record<Interpreter, string>> = {
  python: '/usr/bin/python3',
  node: '/usr/bin/node',
  bash: '/bin/bash',
};

/** In an image of another maker they lie anywhere in PATH. */
const NAMES: Readonly<Record<Interpreter, string>> = { python: 'python3', node: 'node', bash: 'bash' };

/** What a policy puts in the place of the usual words; null leaves them. */
export interface OwnWords {
  /** Instead of the interpreter. */
  readonly entrypoint: readonly string[] | null;
  /** Instead of the script's path and the person's arguments. */
  readonly command: readonly string[] | null;
  /** The image is not one of ours. */
  readonly otherImage: boolean;
  /** Where it starts; elsewhere than in the workspace the script is named by its whole path. */
  readonly workingDir: string;
}

/**
 * The argument vector that runs `entry` (a path inside the workspace) with the person's arguments.
 * A name that begins with a dash would be taken for an option, so it gets `./` in front.
 * A program without a slash is looked up in the script's own PATH.
 */
export function scriptCommand(
  interpreter: Interpreter,
  entry: string,
  args: readonly string[],
  own: OwnWords = { entrypoint: null, command: null, otherImage: false, workingDir: WORKSPACE },
): string[] {
  const near = own.workingDir.replace(/\/+$/, '') === WORKSPACE;
  const script = [near ? (entry.startsWith('-') ? `./${entry}` : entry) : `${WORKSPACE}/${entry}`, ...args];
  const program = (own.otherImage ? NAMES : PROGRAMS)[interpreter];
  return [...(own.entrypoint ?? [program]), ...(own.command ?? script)];
}
