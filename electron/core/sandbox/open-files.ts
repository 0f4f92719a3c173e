/** Open files while a sandbox is made: the OCI runtime holds one for each mount, under the limit that is meant for the script. Pure. */
import type { SandboxOptions } from '#shared/domain/sandbox.ts';

/** What the OCI runtime opens besides (crun with a `mask` list opened 38 at once), with as much again to spare. */
const SPARE = 96;
/** Fewer than this and runc and crun cannot start a container at all (25 fail, 30 work). */
const LEAST = 32;

type Counted = Pick<SandboxOptions, 'openFiles' | 'mounts' | 'blockedPaths'>;

/** The container's limit: the script's own, or more where the OCI runtime needs it. */
export function startingFiles({ openFiles, mounts, blockedPaths }: Counted): number {
  const places = mounts.length + blockedPaths.length;
  return Math.max(openFiles, places === 0 ? LEAST : SPARE + 2 * places);
}

/** The limit that the waiter has to set for the script, because the container's is higher; undefined when it is the same. */
export function scriptFiles(options: Counted): number | undefined {
  return startingFiles(options) === options.openFiles ? undefined : options.openFiles;
}
