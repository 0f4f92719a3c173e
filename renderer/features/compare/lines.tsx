/** Two texts line by line. */
import clsx from 'clsx';
import { useMemo } from 'react';
import { lineDiff, type DiffLine } from '#shared/policy/diff/lines.ts';
import { stripTerminal } from './strip.ts';

/** Lines that are drawn; more is said, not shown. */
const SHOWN = 2000;
/** Equal lines that stay around a change. */
const AROUND = 3;

const SIGN = { same: ' ', added: '+', removed: '−' } as const;
const WORD = { same: '', added: 'only in B', removed: 'only in A' } as const;

type Shown = DiffLine | { readonly kind: 'skipped'; readonly count: number };

/** Changes with some lines around them; long equal stretches become one line. */
export function fold(lines: readonly DiffLine[]): Shown[] {
  const near = new Set<number>();
  for (const [index, line] of lines.entries())
    if (line.kind !== 'same') for (let at = index - AROUND; at <= index + AROUND; at++) near.add(at);
  const shown: Shown[] = [];
  let skipped = 0;
  for (const [index, line] of lines.entries()) {
    if (!near.has(index)) {
      skipped++;
      continue;
    }
    if (skipped > 0) shown.push({ kind: 'skipped', count: skipped });
    skipped = 0;
    shown.push(line);
  }
  if (skipped > 0 && shown.length > 0) shown.push({ kind: 'skipped', count: skipped });
  return shown;
}

export function Lines({ label, a, b }: { label: string; a: string; b: string }) {
  const lines = useMemo(() => lineDiff(stripTerminal(a), stripTerminal(b)), [a, b]);
  const shown = fold(lines);
  if (shown.length === 0)
    return <p className="text-muted">{lines.length === 0 ? 'Neither has any.' : 'No difference.'}</p>;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard
    <div role="region" aria-label={label} tabIndex={0} className="max-h-100 overflow-auto rounded-md border bg-panel">
      <table className="w-full border-collapse font-mono text-xs leading-5">
        <tbody>
          {shown.slice(0, SHOWN).map((line, index) =>
            line.kind === 'skipped' ? (
              <tr key={`skipped ${index}`} className="bg-raised text-muted">
                <td colSpan={4} className="px-3">
                  {line.count} equal {line.count === 1 ? 'line' : 'lines'}
                </td>
              </tr>
            ) : (
              <tr
                key={`${line.before ?? ''} ${line.after ?? ''}`}
                className={clsx(line.kind === 'added' && 'bg-violet-pale', line.kind === 'removed' && 'bg-accent-pale')}
              >
                <td className="w-10 px-2 text-right text-muted select-none">{line.before}</td>
                <td className="w-10 px-2 text-right text-muted select-none">{line.after}</td>
                <td className="w-4 select-none" title={WORD[line.kind]}>
                  {SIGN[line.kind]}
                </td>
                <td className="pr-3 break-all whitespace-pre-wrap">{line.text}</td>
              </tr>
            ),
          )}
        </tbody>
      </table>
      {shown.length > SHOWN && (
        <p className="px-3 py-1 text-sm text-muted">{shown.length - SHOWN} more lines differ.</p>
      )}
    </div>
  );
}
