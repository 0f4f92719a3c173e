/** Where in a sandbox something may be mounted (POL-1, POL-8). Pure. */
import type { AppErrorData } from '../../lib/app-error.ts';

type Problem = Required<Pick<AppErrorData, 'message' | 'why' | 'next'>>;

/** Longest path inside a sandbox that we hand to an engine. */
const LENGTH = 1024;
/** Letters that no engine, mount table or command line takes for anything else. */
const PLAIN = /^\/[\w.@+=/ -]*$/;

/**
 * Nothing is mounted at, below or above these: the image's programs and accounts, the kernel's own folders, what holds our
 * warden, and the scratch, whose links (/tmp, the home folder) a mount would turn around.
 */
const OWN: readonly (readonly [path: string, what: string])[] = [
  ['/proc', 'the kernel shows processes'],
  ['/sys', 'the kernel shows devices and limits'],
  ['/dev', 'the devices of the sandbox are'],
  ['/run', 'the engine keeps what it runs'],
  ['/var/run', 'the engine keeps what it runs'],
  ['/etc', 'accounts, hosts and the resolver are set'],
  ['/usr', 'programs and the warden are'],
  ['/bin', 'programs are'],
  ['/sbin', 'programs are'],
  ['/lib', 'libraries are'],
  ['/lib64', 'libraries are'],
  ['/workspace', 'the scratch and the script are'],
  ['/tmp', 'the scratch is reached'],
  ['/var/tmp', 'the scratch is reached'],
  ['/home', 'the script has its home folder'],
];

const INSTEAD = 'Choose a folder of its own, such as `/data`.';

/** The path without empty parts and trailing slash. */
export function plainPath(path: string): string {
  return `/${path
    .split('/')
    .filter((part) => part !== '')
    .join('/')}`;
}

/** True when `path` is `folder` or lies below it; both plain. */
export function within(path: string, folder: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`);
}

/** Why nothing can be mounted at this path, or null. */
export function targetProblem(target: string): Problem | null {
  const message = `Nothing can be mounted at \`${target.slice(0, 60)}\`.`;
  if (!target.startsWith('/')) return { message, why: 'The target of a mount is an absolute path.', next: INSTEAD };
  if (target.length > LENGTH)
    return { message, why: `A target is at most ${LENGTH} characters long.`, next: 'Choose a shorter path.' };
  if (!PLAIN.test(target))
    return {
      message,
      why: 'A target has letters, digits, spaces and `_ . @ + = -` only: engines take others for separators.',
      next: INSTEAD,
    };
  if (target.split('/').some((part) => part === '.' || part === '..'))
    return { message, why: 'It has `.` or `..` in it.', next: 'Write the path that is meant.' };
  const path = plainPath(target);
  if (path === '/') return { message, why: 'It would replace the whole sandbox.', next: INSTEAD };
  for (const [own, what] of OWN) {
    if (within(path, own) || within(own, path)) return { message, why: `In \`${own}\` ${what}.`, next: INSTEAD };
  }
  return null;
}
