import { useCallback, useState } from 'react';
import { TRUST_LEVELS, type EffectivePolicy } from '#shared/domain/policy.ts';
import { isLevel } from '#shared/policy/merge/resolve.ts';
import { useClient, useLoad } from '../../../state/client.tsx';
import { NO_POLICIES, usePolicies } from '../../../state/policies.ts';
import { ErrorCard } from '../../../ui/error-card.tsx';
import { Select } from '../../../ui/field.tsx';
import { Skeleton } from '../../../ui/states.tsx';
import { effectiveOf, LEVEL_DOCUMENTS } from '../draft/meaning.ts';
import { isBroken } from '../draft/draft.ts';
import { useDrafts } from '../draft/store.ts';
import { readText } from '../draft/text.ts';
import { LinesDiff } from '../../../show/lines-diff.tsx';
import { WordsDiff } from './diff-view.tsx';

/** No policy can be called so: names have no blanks. */
const SAVED = 'saved file';

/** The draft against its level, the saved file, or another policy: in words and in YAML. */
export function DiffTab({ name }: { name: string }) {
  const opened = useDrafts((state) => state.opened[name]);
  const policies = usePolicies((state) => state.policies ?? NO_POLICIES);
  const context = usePolicies((state) => state.context);
  const level = opened?.meaning.effective.level ?? 'untrusted';
  const [against, setAgainst] = useState<string | null>(null);
  const chosen = against ?? (opened && opened.draft.text !== opened.draft.saved ? SAVED : level);
  if (!opened || !context) return null;
  const { draft, meaning } = opened;
  const options = [
    { value: SAVED, text: 'the saved file' },
    ...TRUST_LEVELS.map((one) => ({ value: one as string, text: `the level ${one}` })),
    ...policies.filter((policy) => policy.name !== name).map((policy) => ({ value: policy.name, text: policy.name })),
  ];
  const saved = chosen === SAVED ? readText(name, draft.saved).document : null;
  return (
    <div className="flex flex-col gap-3 p-4">
      <div className="flex items-center gap-2">
        <span className="text-muted">Against</span>
        <Select label="Compare with" value={chosen} options={options} onChange={setAgainst} className="max-w-64" />
      </div>
      {isBroken(draft) && (
        <p className="text-amber">The text has an error now: in words, what it said last is compared.</p>
      )}
      {chosen === SAVED ? (
        saved === null ? (
          <p className="text-muted">The saved file cannot be read as a policy; only its text is compared.</p>
        ) : (
          <WordsDiff before={effectiveOf(saved, context)} after={meaning.effective} />
        )
      ) : isLevel(chosen) ? (
        <WordsDiff before={effectiveOf(LEVEL_DOCUMENTS[chosen], context)} after={meaning.effective} />
      ) : (
        <AgainstPolicy other={chosen} text={draft.text} effective={meaning.effective} />
      )}
      {chosen === SAVED && (
        <>
          <h3 className="font-semibold">YAML</h3>
          <LinesDiff before={draft.saved} after={draft.text} label="Lines that differ from the saved file" />
        </>
      )}
    </div>
  );
}

function AgainstPolicy({ other, text, effective }: { other: string; text: string; effective: EffectivePolicy }) {
  const client = useClient();
  const context = usePolicies((state) => state.context);
  const { data, error } = useLoad(useCallback(() => client.policies.get({ name: other }), [client, other]));
  if (error) return <ErrorCard error={error} />;
  if (!data || !context) return <Skeleton className="h-40" />;
  const document = readText(other, data.text).document ?? data.policy.document;
  return (
    <>
      {document === null ? (
        <p className="text-muted">{other} has no good version; only the texts are compared.</p>
      ) : (
        <WordsDiff before={effectiveOf(document, context)} after={effective} />
      )}
      <h3 className="font-semibold">YAML</h3>
      <LinesDiff before={data.text} after={text} label={`Lines that differ from ${other}`} />
    </>
  );
}
