/** What an own policy may be called: the name is a file's name on every system, and never mistaken for a level (POL-4). Pure. */
import { TRUST_LEVELS } from '../domain/policy.ts';

/** Characters of the longest name. */
export const NAME_LIMIT = 64;

const SHAPE = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;
/** Windows gives these to devices, whatever extension follows. */
const WINDOWS_RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(?:\.|$)/i;
/** `none` clears a setting that names a policy. */
const TAKEN: readonly string[] = [...TRUST_LEVELS, 'none'];

export interface NameProblem {
  readonly message: string;
  readonly why: string;
  readonly next: string;
}

/** Null for a good name. What is shown of a bad one has no control characters and at most 80 characters. */
export function nameProblem(name: string): NameProblem | null {
  const shown = JSON.stringify(name.slice(0, 80));
  const message = `A policy cannot be called ${shown}.`;
  const next = 'Choose a name like `data-team`.';
  if (name === '') return { message: 'The policy has no name.', why: 'Its name is the name of its file.', next };
  if (name.length > NAME_LIMIT) return { message, why: `A name has at most ${NAME_LIMIT} characters.`, next };
  if (TAKEN.includes(name.toLowerCase()))
    return { message, why: 'This word has a meaning of its own in Bellglass.', next };
  if (!SHAPE.test(name) || name.endsWith('.'))
    return {
      message,
      why: 'A name has letters, digits, `-`, `_` and `.`, and neither starts nor ends with a dot.',
      next,
    };
  if (WINDOWS_RESERVED.test(name)) return { message, why: 'Windows keeps this name for a device.', next };
  return null;
}
