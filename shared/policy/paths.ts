/** Rules for paths of the container that a policy blocks (POL-8). Pure. */
import { invalid } from './kinds.ts';
import { plainPath, within } from './mounts/targets.ts';

/** Without these no sandbox starts: its warden, waiter and the programs that they are written in. */
const NEEDED: readonly string[] = [
  '/usr/lib/bellglass',
  '/usr/bin/perl',
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
  '/lib/x86_64-linux-gnu',
  '/lib/aarch64-linux-gnu',
  '/usr/bin/dash',
  '/usr/bin/sh',
  '/bin/sh',
  '/bin/dash',
  '/bin/perl',
  '/lib64',
  '/sys/fs/cgroup',
  '/dev',
  '/proc/self',
  '/proc/uptime',
];
/** The kernel shows these anew to each process, so that a mask over one hides nothing from another. */
const PER_PROCESS = /^\/proc\/(self|thread-self|\d+)(\/|$)/;
/** The scratch is made when the sandbox starts, so there is nothing to mask yet; /tmp and the home folder lie in it. */
const SCRATCH: readonly string[] = ['/workspace', '/tmp', '/var/tmp', '/home/script'];

/** Refuses a blocked path that could not be kept, or without which nothing would start. Throws AppError `policy-invalid`. */
export function checkBlocked(value: string): void {
  const shown = `\`${value.slice(0, 60)}\` cannot be blocked.`;
  const path = plainPath(value);
  if (value.split('/').some((part) => part === '.' || part === '..'))
    throw invalid(shown, 'It has `.` or `..` in it.', 'Write the path that is meant.');
  if (/[:,"]/.test(value))
    throw invalid(shown, 'Engines take commas, colons and quotes for separators.', 'Block the folder that it is in.');
  if (PER_PROCESS.test(path))
    throw invalid(
      shown,
      'The kernel shows it anew to each process, so a mask would hide nothing.',
      'Leave it out: a script sees its own processes only.',
    );
  const scratch = SCRATCH.find((own) => within(path, own));
  if (scratch !== undefined)
    throw invalid(
      shown,
      `${scratch} is the script's own scratch, which is empty when the sandbox starts.`,
      'Leave it out, or limit `files.access.read` and `files.access.write`.',
    );
  const needed = [...NEEDED, ...SCRATCH].find((own) => within(own, path));
  if (needed !== undefined || within(path, '/dev') || within(path, '/usr/lib/bellglass'))
    throw invalid(shown, `The sandbox itself needs ${needed ?? path}.`, 'Block something more narrow.');
}
