/** Which folders of this machine may be shown to a script at all (POL-1). Pure: paths were resolved, none has a link in it. */
import type { AppErrorData } from '../../lib/app-error.ts';

type Problem = Required<Pick<AppErrorData, 'message' | 'why' | 'next'>>;

/** What must stay out of every sandbox on this machine; all paths real. */
export interface Protected {
  /** Never mounted themselves, nor any folder that holds one: home folders, our own folders, engine sockets. */
  readonly holders: readonly { readonly path: string; readonly what: string }[];
  /** Never mounted themselves, nor anything below them. */
  readonly trees: readonly { readonly path: string; readonly what: string }[];
}

/** Where files of this machine lie: separator, and whether two paths that differ in case are one. */
export interface PathStyle {
  readonly separator: '/' | '\\';
  readonly foldCase: boolean;
}

/** True when `path` is `folder` or lies below it. */
export function inside(path: string, folder: string, { separator, foldCase }: PathStyle): boolean {
  const fold = (text: string): string => (foldCase ? text.toLowerCase() : text);
  const whole = fold(path);
  const root = fold(folder.endsWith(separator) ? folder.slice(0, -1) : folder);
  return whole === root || whole === root + separator || whole.startsWith(root + separator);
}

/**
 * Why this folder may not be mounted, or null. What is forbidden goes before the allowlist: no setting can allow it.
 * @param source real path of the folder or file
 * @param allowed real paths of the folders that the settings allow; what lies below is allowed too
 */
export function placeProblem(
  source: string,
  allowed: readonly string[],
  kept: Protected,
  style: PathStyle,
): Problem | null {
  const message = `\`${source.slice(0, 200)}\` is never shown to a script.`;
  const next = 'Mount a folder that holds only what the script needs.';
  for (const { path, what } of kept.trees) {
    if (inside(source, path, style)) return { message, why: `It is, or lies in, ${what}.`, next };
  }
  for (const { path, what } of [...kept.holders, ...kept.trees]) {
    if (inside(path, source, style)) return { message, why: `It is, or holds, ${what}.`, next };
  }
  if (allowed.some((folder) => inside(source, folder, style))) return null;
  return {
    message: `\`${source.slice(0, 200)}\` is not among the folders that may be mounted.`,
    why:
      allowed.length === 0 ? 'The settings allow none yet.' : `The settings allow ${allowed.slice(0, 5).join(', ')}.`,
    next: 'Add the folder to `mount_folders` in the settings, if scripts may see it.',
  };
}
