/** How our two programs enter a sandbox: as their user at once, or through `become` where a policy grants capabilities. Pure. */
import type { SandboxOptions } from '#shared/domain/sandbox.ts';
import { capabilityNumber } from '#shared/policy/kernel/capabilities.ts';

const BECOME = '/usr/lib/bellglass/become';

export interface Entry {
  /** `uid:gid` of the waiter's exec. */
  readonly user: string;
  /** Goes before the waiter. */
  readonly before: readonly string[];
  /** Goes before the warden. */
  readonly beforeWarden: readonly string[];
}

type Users = Pick<SandboxOptions, 'scriptUser' | 'wardenUser' | 'capabilities'>;

/**
 * Docker gives no exec an effective capability unless the container itself began as user 0, and Podman gives the warden
 * all of them as ambient ones. So both programs begin as user 0 with the granted capabilities and those that `become`
 * needs; before either reads a byte, the warden has none left and the waiter is the script's user with the granted ones.
 */
export function entryOf({ scriptUser, wardenUser, capabilities }: Users): Entry {
  if (capabilities.length === 0) return { user: scriptUser, before: [], beforeWarden: [] };
  const numbers = capabilities.map(capabilityNumber).join(',');
  return {
    user: '0:0',
    before: [BECOME, ...scriptUser.split(':'), numbers],
    beforeWarden: [BECOME, ...wardenUser.split(':'), ''],
  };
}
