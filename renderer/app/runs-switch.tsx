import clsx from 'clsx';
import { hrefOf, type Route } from '../state/route.ts';

const WAYS = [
  { at: 'runs', text: 'Runs' },
  { at: 'workflows', text: 'Workflows' },
] as const;

/** Between the runs and the workflows that some of them are steps of. */
export function RunsSwitch({ at }: { at: Extract<Route['at'], 'runs' | 'workflows'> }) {
  return (
    <nav
      aria-label="Runs or workflows"
      className="inline-flex shrink-0 rounded-md border border-line-strong/55 bg-raised p-0.5"
    >
      {WAYS.map((way) => (
        <a
          key={way.at}
          href={hrefOf({ at: way.at })}
          aria-current={way.at === at ? 'page' : undefined}
          className={clsx(
            'inline-flex h-6 items-center rounded px-2.5 transition-colors',
            way.at === at
              ? 'bg-panel font-medium text-accent ring-1 ring-line-strong/55'
              : 'text-muted hover:text-text',
          )}
        >
          {way.text}
        </a>
      ))}
    </nav>
  );
}
