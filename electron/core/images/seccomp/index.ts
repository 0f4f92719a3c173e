/** The seccomp profiles that come with the program (SEC-2). */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SeccompProfile } from '#shared/domain/policy.ts';
import type { Runtime } from '#shared/domain/run.ts';
import { AppError } from '#shared/lib/app-error.ts';
import type { Paths } from '../../storage/paths.ts';
import { profileText, withoutCalls, type Profile } from './profile.ts';

/** Node.js asks the kernel for its network interfaces over netlink; nobody else needs that. */
const NETLINK_RUNTIMES: readonly Runtime[] = ['node', 'polyglot'];

/** The file's name in assets/seccomp for one profile and runtime. */
export const profileFile = (profile: SeccompProfile, runtime: Runtime): string =>
  `${profile}${NETLINK_RUNTIMES.includes(runtime) ? '-node' : ''}.json`;

/** Texts that were read once: a run that finds its sandbox waiting must not wait for the disk. */
const texts = new Map<string, string | Promise<string>>();
const TEXTS_MOST = 64;

/** The profile's JSON text, less the calls that a policy removes; at once when it was read before. Rejects with `storage` when the program's own files are damaged. */
export function seccompProfile(
  paths: Paths,
  profile: SeccompProfile,
  runtime: Runtime,
  removed: readonly string[] = [],
): string | Promise<string> {
  const file = join(paths.assets, 'seccomp', profileFile(profile, runtime));
  const key = JSON.stringify([file, ...removed]);
  const known = texts.get(key);
  if (known !== undefined) return known;
  if (texts.size >= TEXTS_MOST) texts.clear();
  const text = readProfile(file, profile, removed);
  texts.set(key, text);
  text.then(
    (read) => texts.set(key, read),
    () => texts.delete(key),
  );
  return text;
}

async function readProfile(file: string, profile: SeccompProfile, removed: readonly string[]): Promise<string> {
  try {
    const text = await readFile(file, 'utf8');
    return removed.length === 0 ? text : profileText(withoutCalls(JSON.parse(text) as Profile, removed));
  } catch (cause) {
    throw new AppError(
      {
        code: 'storage',
        message: `The seccomp profile ${profile} cannot be read.`,
        why: 'A file that comes with Bellglass is missing or unreadable.',
        next: 'Install Bellglass again, or run `git checkout assets/seccomp` in a clone.',
        details: String(cause),
      },
      { cause },
    );
  }
}
