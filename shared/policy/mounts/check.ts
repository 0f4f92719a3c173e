/** What a list of mounts may ask for, before anything of this machine is looked at (POL-1, POL-2). Pure. */
import type { Mount } from '../../domain/policy.ts';
import type { AppErrorData } from '../../lib/app-error.ts';
import { plainPath, targetProblem, within } from './targets.ts';

type Problem = Required<Pick<AppErrorData, 'message' | 'why' | 'next'>>;

const MOST = 32;
const SOURCE_LENGTH = 4096 - 1;
const VOLUME = /^[a-zA-Z0-9][\w.-]{0,62}$/;
/** Engines take mounts apart at these. */
const SEPARATORS = /[,:"\p{Cc}]/u;

function sourceProblem({ type, source, target }: Mount): Problem | null {
  const message = `The mount at \`${target.slice(0, 60)}\` cannot be made.`;
  if (type === 'tmpfs')
    return source === undefined ? null : { message, why: 'A tmpfs has no source.', next: 'Leave the source out.' };
  if (source === undefined || source.trim() === '')
    return {
      message,
      why: `It does not say ${type === 'bind' ? 'which folder' : 'which volume'}.`,
      next: type === 'bind' ? 'Give a source such as `./data`.' : 'Give a name such as `cache`.',
    };
  if (type === 'volume' && !VOLUME.test(source))
    return {
      message,
      why: `\`${source.slice(0, 60)}\` is no name of a volume: letters, digits and \`_ . -\`, at most 63.`,
      next: 'Give a name such as `cache`.',
    };
  if (type === 'bind' && (source.length > SOURCE_LENGTH || SEPARATORS.test(source)))
    return {
      message,
      why: 'The path of its source is too long, or has a comma, colon, quote or control character.',
      next: 'Give the folder another name; engines take these characters for separators.',
    };
  return null;
}

/** The first thing that no engine and no machine could make right, or null. */
export function mountsProblem(mounts: readonly Mount[]): Problem | null {
  if (mounts.length > MOST)
    return {
      message: `${mounts.length} mounts are too many.`,
      why: `A sandbox has at most ${MOST}.`,
      next: 'Mount a folder that holds them.',
    };
  const taken: string[] = [];
  for (const mount of mounts) {
    const problem = targetProblem(mount.target) ?? sourceProblem(mount);
    if (problem !== null) return problem;
    const target = plainPath(mount.target);
    const other = taken.find((one) => within(target, one) || within(one, target));
    if (other !== undefined)
      return {
        message: `Two mounts meet at \`${target.slice(0, 60)}\`.`,
        why:
          other === target
            ? 'Both have this target.'
            : `\`${other.slice(0, 60)}\` is mounted as well, and one would hide the other.`,
        next: 'Give each a folder of its own, none inside another.',
      };
    taken.push(target);
  }
  return null;
}
