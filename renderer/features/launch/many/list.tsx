/** The scripts of a launch of many: which are taken, what was found in each, and the one that is looked at. */
import clsx from 'clsx';
import { CircleX, TriangleAlert } from 'lucide-react';
import { lazy, Suspense, useRef, type KeyboardEvent } from 'react';
import type { ScriptMark } from '#shared/contract/runs.ts';
import { showBytes } from '#shared/lib/units.ts';
import { showName } from '#shared/script/display.ts';
import { count } from '../../../show/format.ts';
import { RUNTIME_WORDS } from '../../../show/runtime.ts';
import { Icon } from '../../../ui/icon.tsx';
import { Skeleton } from '../../../ui/states.tsx';
import { toggle, type Many, type Planned } from './store.ts';

const CodeView = lazy(() => import('../script/code-view.tsx').then((part) => ({ default: part.CodeView })));
const NO_MARKS: readonly ScriptMark[] = [];
const SHOWN = 1024 * 1024;

export function ScriptList({ many, shown, onShow }: { many: Many; shown: string; onShow: (path: string) => void }) {
  const rows = useRef<HTMLUListElement>(null);
  const { paths, left, plans, source } = many;
  const text = source.texts.get(shown) ?? null;
  const plan = plans.get(shown)?.plan ?? null;
  const onKeyDown = (event: KeyboardEvent, at: number): void => {
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: paths.length - 1 }[event.key];
    const path = to === undefined ? undefined : paths[to];
    if (path === undefined) return;
    event.preventDefault();
    onShow(path);
    rows.current?.querySelectorAll<HTMLElement>('[data-show]')[to!]?.focus();
  };
  return (
    <section aria-label="Scripts" className="flex h-full min-h-0 flex-col bg-panel">
      <header className="flex min-h-11 shrink-0 items-center gap-3 border-b px-4">
        <h2 className="font-semibold">{count(paths.length, 'script')}</h2>
        {left.size > 0 && <span className="text-muted">{paths.length - left.size} of them run</span>}
      </header>
      <ul ref={rows} className="max-h-3/5 shrink-0 overflow-auto border-b">
        {paths.map((path, at) => (
          <li
            key={path}
            className={clsx(
              'flex min-h-9 items-center gap-3 border-b px-4 last:border-b-0',
              path === shown ? 'bg-accent-pale' : 'hover:bg-raised',
            )}
          >
            <input
              type="checkbox"
              aria-label={`Run ${showName(path)}`}
              checked={!left.has(path)}
              onChange={() => toggle(path)}
              className="size-3.5 shrink-0 accent-accent"
            />
            <button
              type="button"
              data-show=""
              aria-pressed={path === shown}
              tabIndex={path === shown ? 0 : -1}
              onClick={() => onShow(path)}
              onKeyDown={(event) => onKeyDown(event, at)}
              className="flex min-w-0 flex-1 items-center gap-3 self-stretch rounded text-left focus-visible:-outline-offset-2"
            >
              <span className={clsx('min-w-0 flex-1 truncate', left.has(path) ? 'text-muted' : 'font-medium')}>
                {showName(path)}
              </span>
              <Found planned={plans.get(path)} />
              <span className="w-16 shrink-0 text-right font-mono text-sm text-muted">
                {showBytes(source.sizes.get(path) ?? 0)}
              </span>
            </button>
          </li>
        ))}
      </ul>
      <div className="min-h-0 flex-1">
        {text === null ? (
          <p className="p-4 text-muted">{showName(shown)} is not text.</p>
        ) : (
          <Suspense fallback={<Skeleton className="m-4 h-32" />}>
            <CodeView
              key={shown}
              text={text.slice(0, SHOWN)}
              path={shown}
              runtime={plan?.runtime ?? null}
              marks={plan?.marks ?? NO_MARKS}
              goTo={null}
            />
          </Suspense>
        )}
      </div>
    </section>
  );
}

/** What its plan says in a few words. */
function Found({ planned }: { planned: Planned | undefined }) {
  if (planned === undefined) return <Skeleton className="h-3 w-24 shrink-0" />;
  const { plan } = planned;
  const problem = plan === null ? planned.error : plan.refusal;
  if (plan === null || problem !== null)
    return (
      <span className="inline-flex min-w-0 items-center gap-1.5 text-red" title={problem?.why}>
        <Icon of={CircleX} size={14} />
        <span className="truncate">{problem?.message}</span>
      </span>
    );
  const lines = new Set(plan.marks.filter((mark) => mark.severity === 'warn').map((mark) => mark.line)).size;
  return (
    <span className="inline-flex shrink-0 items-center gap-3 text-sm">
      {lines > 0 && (
        <span className="inline-flex items-center gap-1.5 text-amber">
          <Icon of={TriangleAlert} size={14} />
          {count(lines, 'line')} worth a look
        </span>
      )}
      <span className="text-muted">{RUNTIME_WORDS[plan.runtime]}</span>
    </span>
  );
}
