/** What is done with whole policies: made, copied, renamed, removed, written to a file. */
import type { OwnPolicy } from '#shared/contract/policies.ts';
import { isLevel } from '#shared/policy/merge/resolve.ts';
import type { Client } from '../../rpc/client.ts';
import { dropPolicy, takePolicy, usePolicies } from '../../state/policies.ts';
import { go } from '../../state/route.ts';
import { ask } from '../../ui/layers/dialog.tsx';
import { toast } from '../../ui/layers/toast.tsx';
import { change, close, draftOf, save } from './draft/store.ts';
import { download } from '../../show/download.ts';
import { flushed, isUnsaved } from './draft/draft.ts';
import { editText, newText } from './draft/text.ts';

/** Makes a policy from a level or as a copy of another one, and shows it. */
export async function makePolicy(
  client: Client,
  { from, name, description }: { from: string; name: string; description: string },
): Promise<void> {
  const text = isLevel(from)
    ? newText(name, from, description)
    : described(draftOf(from)?.text ?? (await client.policies.get({ name: from })).text, description);
  await writeNew(client, name, text);
  go({ at: 'policies', name });
}

/** A copy keeps a broken text as it is: its mistake is mended in the copy. */
function described(text: string, description: string): string {
  return editText(text, [{ to: 'description', description }]).text;
}

/** Writes a file that does not exist yet. */
export async function writeNew(client: Client, name: string, text: string): Promise<OwnPolicy> {
  const { policy } = await client.policies.save({ name, text, revision: null });
  takePolicy(policy);
  return policy;
}

/** Renames the file. An unsaved draft is saved under the old name first, so that nothing is lost. */
export async function renamePolicy(client: Client, name: string, to: string): Promise<void> {
  const draft = draftOf(name);
  if (draft !== null && isUnsaved(draft) && !(await save(client, name)))
    throw new Error(`${name} has changes that could not be saved, so it was not renamed.`);
  const revision =
    draftOf(name)?.revision ?? usePolicies.getState().policies?.find((policy) => policy.name === name)?.revision;
  if (revision === undefined || revision === null) return;
  const { policy } = await client.policies.rename({ name, to, revision });
  dropPolicy(name);
  takePolicy(policy);
  close(name);
  go({ at: 'policies', name: to });
}

/** Asks, saying what still uses it, and removes the file. `done` after it is gone. */
export async function removePolicy(client: Client, name: string, done: () => void): Promise<void> {
  const policy = usePolicies.getState().policies?.find((one) => one.name === name);
  if (!policy) return;
  const { usedBy } = policy;
  const sure = await ask({
    title: `Delete the policy ${name}?`,
    text:
      usedBy.length === 0
        ? 'Its file is removed. Runs that had it keep their record of it.'
        : `Still used by ${usedBy.join(', ')}. What names it is refused from then on, until another policy is named there.`,
    action: 'Delete',
    destructive: true,
  });
  if (!sure) return;
  await client.policies.remove({ name, revision: policy.revision });
  done();
  close(name);
  dropPolicy(name);
  toast(`The policy ${name} is deleted.`);
}

/** Hands the text to the browser as a file. */
export function exportYaml(name: string, text: string): void {
  change(name, flushed);
  download(`${name}.yaml`, draftOf(name)?.text ?? text);
}

/** Saves everything that is unsaved and can be saved. */
export async function saveAll(client: Client, names: readonly string[]): Promise<void> {
  for (const name of names) await save(client, name);
}
