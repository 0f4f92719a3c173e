import { Equal, Minus, Plus } from 'lucide-react';
import { useMemo } from 'react';
import type { EffectivePolicy } from '#shared/domain/policy.ts';
import { diffPolicies } from '#shared/policy/diff/diff.ts';
import type { Sentence } from '#shared/policy/diff/sentence.ts';
import { glued } from '../../../show/format.ts';
import { Icon, type LucideIcon } from '../../../ui/icon.tsx';

/** What the second policy grants, takes away and merely changes against the first. */
export function WordsDiff({ before, after }: { before: EffectivePolicy; after: EffectivePolicy }) {
  const { grants, takes, neither } = useMemo(() => diffPolicies(before, after), [before, after]);
  if (grants.length + takes.length + neither.length === 0)
    return <p className="text-muted">Both come to the same in every setting.</p>;
  return (
    <div className="flex flex-col gap-3">
      <Sentences title="Grants" icon={Plus} tone="text-amber" sentences={grants} />
      <Sentences title="Takes away" icon={Minus} tone="text-accent" sentences={takes} />
      <Sentences title="Changes" icon={Equal} tone="text-muted" sentences={neither} />
    </div>
  );
}

function Sentences({
  title,
  icon,
  tone,
  sentences,
}: {
  title: string;
  icon: LucideIcon;
  tone: string;
  sentences: readonly Sentence[];
}) {
  if (sentences.length === 0) return null;
  return (
    <section aria-label={title}>
      <h3 className="mb-1 font-semibold">{title}</h3>
      <ul className="flex flex-col gap-0.5">
        {sentences.map(({ text }) => (
          <li key={text} className="flex items-start gap-2">
            <Icon of={icon} size={14} className={`mt-0.75 ${tone}`} />
            <span className="min-w-0">{glued(text)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
