/** Telling a file with workflows from a script. Pure. */

/** Top-level `workflows:`, quoted or not, also in a file that is broken further down. */
const KEY = /^(?:workflows|"workflows"|'workflows')[ \t]*:/mu;
/** A YAML file, or a text without a name of its own. */
const NAME = /^[^.]*$|\.ya?ml$/iu;

/** True for text that says `workflows:` at its top level and does not begin as a script does. */
export const hasWorkflows = (text: string): boolean => !text.startsWith('#!') && KEY.test(text);

/**
 * The files at the top of a launch that hold workflows, by name.
 * Folders further down are left alone: other tools keep workflows of their own there.
 */
export function flowFilesOf(texts: ReadonlyMap<string, string | null>): readonly string[] {
  return [...texts]
    .filter(([path, text]) => text !== null && !path.includes('/') && NAME.test(path) && hasWorkflows(text))
    .map(([path]) => path)
    .toSorted((a, b) => a.localeCompare(b, 'en'));
}
