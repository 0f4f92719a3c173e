/** Writes one more allowed host into the file of the policy that a run is under (NET-4). */
import { AppError } from '#shared/lib/app-error.ts';
import { editPolicy, readPolicy } from '#shared/policy/document/index.ts';
import { parseRule } from '#shared/policy/network/rule.ts';
import type { PoliciesApi } from '../core.ts';

/** The policy's text with the host allowed. Throws AppError `policy-invalid`. Pure. */
export function withHost(text: string, rule: string): string {
  const host = parseRule(rule).text;
  const { document } = readPolicy('', '', text);
  const path = 'network.allow';
  const change = document?.changes[path];
  if (change)
    return editPolicy(text, [
      { path, value: { add: [...change.add.filter((one) => one !== host), host], remove: change.remove } },
    ]);
  const value = document?.values[path];
  return editPolicy(text, [
    { path, value: value ? [...value.filter((one) => one !== host), host] : { add: [host], remove: [] } },
  ]);
}

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
  await policies.save(name, withHost(text, rule), policy.revision);
  return name;
}
