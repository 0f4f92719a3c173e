import type { FilterProblem } from '#shared/lib/filter-terms.ts';
import { Prose } from '../../ui/prose.tsx';

/** What cannot be meant in a filter, each with the part that it is about. */
export function FilterProblems({
  id,
  text,
  problems,
}: {
  id: string;
  text: string;
  problems: readonly FilterProblem[];
}) {
  return (
    <div id={id} role="status" className="w-full text-sm text-amber">
      <ul className="flex flex-col gap-0.5">
        {problems.map(({ at, length, message, fix }) => (
          <li key={at}>
            <code className="rounded-sm bg-amber-pale px-1 font-mono underline decoration-wavy underline-offset-2">
              {text.slice(at, at + length)}
            </code>{' '}
            <Prose text={`${message} ${fix}`} />
          </li>
        ))}
      </ul>
    </div>
  );
}
