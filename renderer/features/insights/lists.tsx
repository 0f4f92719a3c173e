/** Counts as lines, each with a bar behind it that leads to its runs. */
import type { ReactNode } from 'react';
import type { Insights } from '#shared/contract/insights.ts';
import { PHASE_WORDS } from '#shared/history/phases.ts';
import { showDuration } from '#shared/lib/units.ts';
import { count } from '../../show/format.ts';
import { hrefOf } from '../../state/route.ts';
import { Bar } from '../../ui/states.tsx';

export interface Line {
  readonly key: string;
  readonly text: ReactNode;
  readonly runs: number;
  /** A short figure beside the count. */
  readonly aside?: string;
  readonly filter: string;
}

export function BarList({ lines, none }: { lines: readonly Line[]; none: string }) {
  const most = Math.max(1, ...lines.map(({ runs }) => runs));
  if (lines.length === 0) return <p className="text-muted">{none}</p>;
  return (
    <ol className="flex flex-col">
      {lines.map(({ key, text, runs, aside, filter }) => (
        <li key={key}>
          <a
            href={hrefOf({ at: 'runs', filter })}
            title="Show these runs"
            className="relative flex min-h-7 items-center gap-3 rounded px-2 py-0.5 hover:bg-raised"
          >
            <span
              aria-hidden
              className="absolute inset-y-0.5 left-0 rounded bg-accent-pale"
              style={{ width: `${(runs / most) * 100}%` }}
            />
            <span className="relative min-w-0 flex-1 break-words">{text}</span>
            {aside !== undefined && <span className="relative shrink-0 text-sm text-muted">{aside}</span>}
            <span className="relative shrink-0 font-mono text-sm">{runs.toLocaleString('en')}</span>
          </a>
        </li>
      ))}
    </ol>
  );
}

/** Where the time goes, in the order in which it passes. */
export function Phases({ phases }: { phases: Insights['phases'] }) {
  const most = Math.max(1, ...phases.filter(({ phase }) => phase !== 'script').map(({ median }) => median));
  if (phases.length === 0) return <p className="text-muted">No run of this time has told how long its phases took.</p>;
  return (
    <table className="w-full">
      <caption className="sr-only">Time per phase</caption>
      <thead className="text-left text-sm text-muted">
        <tr>
          <th scope="col" className="pb-1 font-medium">
            Phase
          </th>
          <th scope="col" className="pb-1">
            <span className="sr-only">Share of the longest</span>
          </th>
          <th scope="col" className="pb-1 text-right font-medium">
            Half below
          </th>
          <th scope="col" className="pb-1 text-right font-medium">
            95 % below
          </th>
        </tr>
      </thead>
      <tbody>
        {phases.map(({ phase, runs, median, slowest }) => (
          <tr key={phase} className="border-t" title={count(runs, 'run')}>
            <th scope="row" className="py-1 pr-3 text-left font-normal whitespace-nowrap">
              {PHASE_WORDS[phase]}
            </th>
            <td className="w-1/3 py-1">
              {phase !== 'script' && <Bar share={median / most} label={PHASE_WORDS[phase]} />}
            </td>
            <td className="py-1 pl-3 text-right font-mono text-sm whitespace-nowrap">{showDuration(median)}</td>
            <td className="py-1 pl-3 text-right font-mono text-sm whitespace-nowrap">{showDuration(slowest)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
