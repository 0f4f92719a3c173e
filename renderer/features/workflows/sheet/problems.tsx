import type { WorkflowProblem } from '#shared/domain/workflow.ts';
import { count } from '../../../show/format.ts';
import { Callout } from '../../../ui/card.tsx';
import { Prose } from '../../../ui/prose.tsx';

/** Mistakes of the file, each leading to its place. */
export function Problems({
  problems,
  onGo,
}: {
  problems: readonly WorkflowProblem[];
  onGo: (problem: WorkflowProblem) => void;
}) {
  return (
    <Callout tone="red">
      <h3 className="font-semibold">
        {problems.length === 1 ? 'The file has a mistake' : `The file has ${count(problems.length, 'mistake')}`}
      </h3>
      <ul className="mt-1 flex flex-col gap-1.5">
        {problems.map((problem, index) => (
          <li key={index} className="flex items-start gap-3">
            {problem.line !== undefined && (
              <button
                type="button"
                onClick={() => onGo(problem)}
                className="min-w-11 shrink-0 rounded text-left font-mono text-sm whitespace-nowrap text-accent hover:underline"
              >
                <span className="sr-only">Go to </span>
                {problem.line}:{problem.column ?? 1}
              </button>
            )}
            <span className="min-w-0">
              <Prose text={problem.message} />{' '}
              {problem.fix !== undefined && (
                <span className="text-muted">
                  <Prose text={problem.fix} />
                </span>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Callout>
  );
}
