/** Writes one more allowed host into the file of the policy that a run is under (NET-4). */
import { AppError } from '#shared/lib/app-error.ts';
import { withHosts } from '#shared/policy/allowing/with-hosts.ts';
import type { PoliciesApi } from '../core.ts';

/** Saves it; `null` when the run is under a bare level. Throws AppError `input-invalid` then. */
export async function addHost(
  policies: Pick<PoliciesApi, 'get' | 'save'>,
  name: string,
  isFile: boolean,
  rule: string,
): Promise<string> {
  if (!isFile)
    throw new AppError({
      code: 'input-invalid',
      message: `This run is under the level ${name}, which is no file.`,
      why: 'A host can be added to policies of your own only.',
      next: 'Make a policy from this level, then run the script under it.',
    });
  const { policy, text } = await policies.get(name);
  await policies.save(name, withHosts(text, [rule]), policy.revision);
  return name;
}
