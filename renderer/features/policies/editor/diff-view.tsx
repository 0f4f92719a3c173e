import clsx from 'clsx';
import { Equal, Minus, Plus } from 'lucide-react';
import { useMemo } from 'react';
import type { EffectivePolicy } from '#shared/domain/policy.ts';
import { diffPolicies } from '#shared/policy/diff/diff.ts';
import { lineDiff, type DiffLine } from '#shared/policy/diff/lines.ts';
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

/** Unchanged lines kept around a change; the rest is folded. */
const AROUND = 3;

const SIGNS: Readonly<Record<DiffLine['kind'], { sign: string; words: string; look: string }>> = {
  same: { sign: ' ', words: '', look: '' },
  added: { sign: '+', words: 'added', look: 'bg-accent-pale text-accent' },
  removed: { sign: '−', words: 'removed', look: 'bg-red-pale text-red' },
};

/** Two texts line by line, with a sign, a word for readers, and a colour. */
export function LinesDiff({ before, after, label }: { before: string; after: string; label: string }) {
  const lines = useMemo(() => folded(lineDiff(before, after)), [before, after]);
  if (lines.every((line) => line === null || line.kind === 'same'))
    return <p className="text-muted">Both texts are the same.</p>;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard
    <div role="region" aria-label={label} tabIndex={0} className="overflow-auto rounded-md border bg-panel py-1">
      <table className="w-full border-collapse font-mono text-sm leading-5">
        <tbody>
          {lines.map((line, index) =>
            line === null ? (
              <tr key={`fold ${index}`}>
                <td colSpan={3} className="px-3 text-muted">
                  ⋯
                </td>
              </tr>
            ) : (
              <tr key={`${line.before} ${line.after}`} className={SIGNS[line.kind].look}>
                <td className="w-9 pr-2 text-right align-top text-muted select-none">{line.after ?? line.before}</td>
                <td className={clsx('w-4 align-top select-none', line.kind !== 'same' && 'font-semibold')}>
                  <span aria-hidden>{SIGNS[line.kind].sign}</span>
                  {SIGNS[line.kind].words !== '' && <span className="sr-only">{SIGNS[line.kind].words}:</span>}
                </td>
                <td className="pr-3 break-words whitespace-pre-wrap">{line.text === '' ? ' ' : line.text}</td>
              </tr>
            ),
          )}
        </tbody>
      </table>
    </div>
  );
}

/** Null where lines are left out. */
function folded(lines: readonly DiffLine[]): (DiffLine | null)[] {
  const near = (index: number): boolean =>
    lines.slice(Math.max(0, index - AROUND), index + AROUND + 1).some(({ kind }) => kind !== 'same');
  const shown: (DiffLine | null)[] = [];
  lines.forEach((line, index) => {
    if (near(index)) shown.push(line);
    else if (shown.at(-1) !== null) shown.push(null);
  });
  return shown;
}
