/** How the waiter enters a sandbox: as the script's user at once, or through `become` where a policy grants capabilities. Pure. */
import type { SandboxOptions } from '#shared/domain/sandbox.ts';
import { capabilityNumber } from '#shared/policy/capabilities.ts';

const BECOME = '/usr/lib/bellglass/become';

export interface Entry {
  /** `uid:gid` of the exec. */
  readonly user: string;
  /** Goes before the program. */
  readonly before: readonly string[];
}

/**
 * Engines give a process of another user id no effective capability, so the exec begins as user 0 with the granted
 * capabilities and those that `become` needs, and is the script's user with the granted ones before it reads a byte.
 */
export function entryOf({ scriptUser, capabilities }: Pick<SandboxOptions, 'scriptUser' | 'capabilities'>): Entry {
  if (capabilities.length === 0) return { user: scriptUser, before: [] };
  const numbers = capabilities.map(capabilityNumber).join(',');
  return { user: '0:0', before: [BECOME, ...scriptUser.split(':'), numbers] };
}
