import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react';
import { memo, Suspense } from 'react';
import type { Problem } from '#shared/domain/policy-document.ts';
import { count } from '../../../show/format.ts';
import { ahead } from '../../../ui/ahead.tsx';
import { Button } from '../../../ui/button.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Kbd } from '../../../ui/kbd.tsx';
import { Prose } from '../../../ui/prose.tsx';
import { Skeleton } from '../../../ui/states.tsx';
import { type, useDrafts } from '../draft/store.ts';
import { mended } from '../draft/text.ts';
import { showLine } from '../view-state.ts';

const editor = ahead(() => import('./yaml/editor.tsx').then((part) => part.YamlEditor));

/** Fetches the editor before it is asked for. */
export const fetchYamlEditor = editor.fetch;

const NO_PROBLEMS: readonly Problem[] = [];

/** The text, and below it what is wrong with it, where, and how it is mended. */
export const YamlTab = memo(function YamlTab({ name }: { name: string }) {
  const text = useDrafts(({ opened }) => opened[name]?.draft.text ?? '');
  const problems = useDrafts(({ opened }) => opened[name]?.draft.problems ?? NO_PROBLEMS);
  return (
    <div className="flex h-full min-h-0 flex-col bg-panel">
      <div className="min-h-0 flex-1">
        <Suspense fallback={<Waiting />}>
          <editor.View name={name} text={text} problems={problems} onText={(next) => type(name, next)} />
        </Suspense>
      </div>
      <Problems name={name} text={text} problems={problems} />
    </div>
  );
});

function Problems({ name, text, problems }: { name: string; text: string; problems: readonly Problem[] }) {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  return (
    <section aria-label="Problems" className="shrink-0 border-t">
      <header className="flex min-h-9 items-center gap-2 px-4 text-muted">
        <span role="status" className="inline-flex items-center gap-2">
          <Icon
            of={errors > 0 ? CircleX : problems.length > 0 ? TriangleAlert : CircleCheck}
            size={14}
            className={errors > 0 ? 'text-red' : problems.length > 0 ? 'text-amber' : 'text-accent'}
          />
          {problems.length === 0 ? 'The file is valid' : count(problems.length, 'problem')}
        </span>
        <span id="yaml-keys" className="ml-auto inline-flex items-center gap-1.5 text-sm">
          <Kbd keys="F8" /> next problem <Kbd keys="$mod+Space" /> complete
          <span className="sr-only">. Esc, then Tab leaves the editor.</span>
        </span>
      </header>
      {problems.length > 0 && (
        <ul className="max-h-40 overflow-auto border-t">
          {problems.map((problem) => (
            <li
              key={`${problem.line}:${problem.column} ${problem.code}`}
              className="flex items-start gap-3 border-b px-4 py-1.5 last:border-b-0"
            >
              <button
                type="button"
                onClick={() => showLine(problem.line, problem.column)}
                className="shrink-0 rounded font-mono text-sm whitespace-nowrap text-accent hover:underline"
                aria-label={`Go to line ${problem.line}, column ${problem.column}`}
              >
                {problem.line}:{problem.column}
              </button>
              <p className="min-w-0 flex-1">
                <Prose text={problem.message} /> <span className="text-muted">{<Prose text={problem.fix} />}</span>
              </p>
              {problem.replacement !== undefined && (
                <Button size="sm" onClick={() => type(name, mended(text, problem))}>
                  Fix
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Waiting() {
  return (
    <div role="status" aria-label="Opening the editor" className="flex flex-col gap-2 p-4">
      {Array.from({ length: 10 }, (_, index) => (
        <Skeleton key={index} className="h-3" />
      ))}
    </div>
  );
}
