import clsx from 'clsx';
import { useMemo } from 'react';
import { lineDiff, type DiffLine } from '#shared/policy/diff/lines.ts';

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
