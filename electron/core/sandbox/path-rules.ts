/** From the policy's path lists to the Landlock rules of one script (POL-8). Pure. */
import type { PathAccess } from '#shared/domain/sandbox.ts';
import { plainPath, within } from '#shared/policy/mounts/targets.ts';
import { ALWAYS_ALLOWED } from '#shared/policy/path-access.ts';
import { WORKSPACE, type PathRule } from './payload.ts';

/**
 * The rules for the waiter; an empty list rules nothing.
 * @param program what runs the script; without a slash it is looked for where programs are
 */
export function pathRules(access: PathAccess | null, program: string): PathRule[] {
  if (access === null) return [];
  const programs = program.includes('/')
    ? [program]
    : ['/usr/local/bin', '/usr/bin'].map((folder) => `${folder}/${program}`);
  const rules = (kind: PathRule['kind'], asked: readonly string[], needed: readonly string[]): PathRule[] =>
    asked.length === 0 ? [] : [...needed, ...asked].map((path) => ({ kind, path }));
  return [
    ...rules('read', access.read, [...ALWAYS_ALLOWED.read, ...programs, ...access.execute]),
    ...rules('write', access.write, ALWAYS_ALLOWED.write),
    ...rules('execute', access.execute, [...programs, ...ALWAYS_ALLOWED.execute]),
  ];
}

/** Folders of the workspace that the script may write to and that must be there for a rule to hold; not those that are files of the launch. */
export function ruledFolders(access: PathAccess | null, files: readonly string[]): string[] {
  const own = new Set(files.map((path) => `${WORKSPACE}/${path}`));
  const folders = (access?.write ?? [])
    .map(plainPath)
    .filter(
      (path) => path !== WORKSPACE && within(path, WORKSPACE) && !own.has(path) && !path.split('/').includes('..'),
    )
    .flatMap((path) => {
      const parts = path.slice(WORKSPACE.length + 1).split('/');
      return parts.map((_, depth) => `${WORKSPACE}/${parts.slice(0, depth + 1).join('/')}`);
    });
  return [...new Set(folders)].filter((path) => !own.has(path)).toSorted();
}
