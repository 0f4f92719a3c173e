import { ArrowRightLeft } from 'lucide-react';
import { useCallback, useState } from 'react';
import { TRUST_LEVELS } from '#shared/domain/policy.ts';
import { isLevel } from '#shared/policy/merge/resolve.ts';
import { riskOf } from '#shared/policy/lint/risk.ts';
import type { Client } from '../../../rpc/client.ts';
import { useClient, useLoad } from '../../../state/client.tsx';
import { NO_POLICIES, usePolicies } from '../../../state/policies.ts';
import { Button, IconButton } from '../../../ui/button.tsx';
import { ErrorCard } from '../../../ui/error-card.tsx';
import { Select } from '../../../ui/field.tsx';
import { Dialog } from '../../../ui/layers/dialog.tsx';
import { Skeleton } from '../../../ui/states.tsx';
import { effectiveOf, LEVEL_DOCUMENTS } from '../draft/meaning.ts';
import { draftOf } from '../draft/store.ts';
import { readText } from '../draft/text.ts';
import { LinesDiff } from '../../../show/lines-diff.tsx';
import { WordsDiff } from '../editor/diff-view.tsx';
import { showDialog } from '../view-state.ts';

/** The text of a policy as it is edited now or saved; null for a level. */
async function textOf(client: Client, name: string): Promise<string | null> {
  if (isLevel(name)) return null;
  return draftOf(name)?.text ?? (await client.policies.get({ name })).text;
}

/** Two policies or levels: what the second grants and takes away, and their lines. */
export function Compare({ left: first, right: second }: { left: string; right: string }) {
  const client = useClient();
  const policies = usePolicies((state) => state.policies ?? NO_POLICIES);
  const context = usePolicies((state) => state.context);
  const [left, setLeft] = useState(first);
  const [right, setRight] = useState(second);
  const { data, error } = useLoad(
    useCallback(() => Promise.all([textOf(client, left), textOf(client, right)]), [client, left, right]),
  );
  const options = [
    ...TRUST_LEVELS.map((level) => ({ value: level as string, text: `the level ${level}` })),
    ...policies.map((policy) => ({ value: policy.name, text: policy.name })),
  ];
  const documentOf = (name: string, text: string | null) =>
    isLevel(name)
      ? LEVEL_DOCUMENTS[name]
      : ((text === null ? null : readText(name, text).document) ??
        policies.find((policy) => policy.name === name)?.document ??
        null);
  const documents = data && [documentOf(left, data[0]), documentOf(right, data[1])];
  const [before, after] = context === null ? [] : (documents ?? []).map((one) => one && effectiveOf(one, context));
  return (
    <Dialog
      wide
      title="Compare two policies"
      description="What the second grants, takes away and changes against the first."
      onClose={() => showDialog(null)}
      footer={
        <>
          <span className="flex-1" />
          <Button variant="primary" onClick={() => showDialog(null)}>
            Done
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4 p-4">
        <div className="flex flex-wrap items-center gap-2">
          <Select label="First" value={left} options={options} onChange={setLeft} className="min-w-44" />
          <IconButton
            label="Swap them"
            icon={ArrowRightLeft}
            onClick={() => {
              setLeft(right);
              setRight(left);
            }}
          />
          <Select label="Second" value={right} options={options} onChange={setRight} className="min-w-44" />
          {before && after && (
            <span className="ml-auto text-muted">
              Risk <span className="font-mono">{riskOf(before).score}</span> →{' '}
              <span className="font-mono">{riskOf(after).score}</span>
            </span>
          )}
        </div>
        {error && <ErrorCard error={error} />}
        {before && after ? <WordsDiff before={before} after={after} /> : !error && <Skeleton className="h-40" />}
        {data && data[0] !== null && data[1] !== null && (
          <section aria-label="YAML" className="flex flex-col gap-2">
            <h3 className="font-semibold">YAML</h3>
            <LinesDiff before={data[0]} after={data[1]} label={`Lines of ${left} and ${right}`} />
          </section>
        )}
      </div>
    </Dialog>
  );
}
