import { useVirtualizer } from '@tanstack/react-virtual';
import clsx from 'clsx';
import { useEffect, useRef, type KeyboardEvent } from 'react';
import type { WorkflowDetail, WorkflowStep } from '#shared/domain/workflow.ts';
import { showDuration } from '#shared/lib/units.ts';
import { useNow } from '../../../show/time.tsx';
import type { Tone } from '../../../ui/chip.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { barOf, spanOf, ticksOf, type Span } from '../model/bars.ts';
import { stepLook } from '../model/looks.ts';
import { spokenStep, titleOf } from '../model/words.ts';

const ROW = 32;

const BARS: Readonly<Record<Tone, string>> = {
  neutral: 'bg-line-strong',
  accent: 'bg-accent',
  amber: 'bg-amber-line',
  red: 'bg-red',
  violet: 'bg-violet',
};
const TEXT: Readonly<Record<Tone, string>> = {
  neutral: 'text-muted',
  accent: 'text-accent',
  amber: 'text-amber',
  red: 'text-red',
  violet: 'text-violet',
};

/** Each step as a bar over the time of the whole, in the order of the file. */
export function StepTimeline({
  detail,
  chosen,
  onChoose,
  onOpen,
}: {
  detail: WorkflowDetail;
  chosen: string | null;
  onChoose: (id: string) => void;
  onOpen: (id: string) => void;
}) {
  const { steps, summary } = detail;
  const scroller = useRef<HTMLDivElement>(null);
  const now = useNow(500, summary.state === 'running');
  const span = spanOf(summary, steps, now);
  const rows = useVirtualizer({
    count: steps.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 10,
    initialRect: { width: 800, height: 400 },
  });
  const at = Math.max(
    0,
    steps.findIndex(({ id }) => id === chosen),
  );
  useEffect(() => {
    if (chosen !== null) rows.scrollToIndex(at);
    // oxlint-disable-next-line react/exhaustive-deps -- only when another step is chosen
  }, [chosen]);
  const onKey = (event: KeyboardEvent, index: number): void => {
    const moves: Record<string, number> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      Home: 0,
      End: steps.length - 1,
    };
    const to = steps[Math.min(steps.length - 1, Math.max(0, moves[event.key] ?? -1))];
    if (event.key in moves && to) {
      onChoose(to.id);
      rows.scrollToIndex(steps.indexOf(to));
      requestAnimationFrame(() =>
        scroller.current?.querySelector<HTMLElement>(`[data-step="${CSS.escape(to.id)}"]`)?.focus(),
      );
    } else if (event.key === 'Enter') onOpen(steps[index]?.id ?? '');
    else return;
    event.preventDefault();
  };
  const grid = 'grid grid-cols-[minmax(120px,240px)_1fr] gap-x-3';
  return (
    <div className="flex h-full min-h-0 flex-col bg-panel">
      <div aria-hidden className={clsx(grid, 'h-7 shrink-0 items-center border-b px-4 text-sm text-muted')}>
        <span>Step</span>
        <Ticks span={span} words />
      </div>
      <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto">
        <div
          role="listbox"
          aria-label="Times of the steps"
          style={{ height: rows.getTotalSize() }}
          className="relative w-full"
        >
          {rows.getVirtualItems().map(({ index, start }) => {
            const step = steps[index];
            return (
              step && (
                <div
                  key={step.id}
                  role="option"
                  data-step={step.id}
                  aria-selected={step.id === chosen}
                  aria-posinset={index + 1}
                  aria-setsize={steps.length}
                  tabIndex={index === at ? 0 : -1}
                  onClick={() => onChoose(step.id)}
                  onDoubleClick={() => onOpen(step.id)}
                  onKeyDown={(event) => onKey(event, index)}
                  style={{ transform: `translateY(${start}px)`, height: ROW }}
                  className={clsx(
                    grid,
                    'absolute inset-x-0 top-0 cursor-pointer items-center border-b border-line/60 px-4 focus-visible:-outline-offset-2',
                    step.id === chosen ? 'bg-accent-pale' : 'hover:bg-raised',
                  )}
                >
                  <span className="sr-only">{spokenStep(step, stepLook(step).word, tookOf(step, span, now))}</span>
                  <Row step={step} span={span} now={now} />
                </div>
              )
            );
          })}
        </div>
      </div>
    </div>
  );
}

function tookOf(step: WorkflowStep, span: Span, now: number): string {
  const { ms } = barOf(step, span, now);
  return ms === null ? '' : showDuration(ms);
}

function Row({ step, span, now }: { step: WorkflowStep; span: Span; now: number }) {
  const look = stepLook(step);
  const { to, ms, ...bar } = barOf(step, span, now);
  const from = step.state === 'skipped' ? null : bar.from;
  const late = to > 0.75;
  // Neither side of the bar has room for its time.
  const inside = late && from !== null && from < 0.15;
  return (
    <>
      <span aria-hidden className="flex min-w-0 items-center gap-2" title={`${titleOf(step)}, ${look.word}`}>
        <Icon of={look.icon} size={14} className={clsx(TEXT[look.tone], look.spin && 'animate-spin')} />
        <span className="truncate">{titleOf(step)}</span>
      </span>
      <span aria-hidden className="relative block h-full min-w-0">
        <Ticks span={span} />
        {from === null ? (
          <span className="absolute inset-y-0 left-0 flex items-center text-sm text-muted">{look.word}</span>
        ) : (
          <>
            <span
              style={{ left: `${from * 100}%`, width: `max(3px, ${(to - from) * 100}%)` }}
              className={clsx('absolute top-1/2 h-3 -translate-y-1/2 rounded-sm', BARS[look.tone])}
            />
            <span
              style={
                inside
                  ? { left: `calc(${from * 100}% + 6px)` }
                  : late
                    ? { right: `calc(${(1 - from) * 100}% + 6px)` }
                    : { left: `calc(${to * 100}% + 8px)` }
              }
              className="absolute inset-y-0 flex items-center font-mono text-sm whitespace-nowrap text-muted"
            >
              <span className={inside ? 'rounded bg-panel px-1.5 leading-4' : ''}>{showDuration(ms ?? 0)}</span>
            </span>
          </>
        )}
      </span>
    </>
  );
}

/** Lines at round times, the same in every row. */
function Ticks({ span, words = false }: { span: Span; words?: boolean }) {
  const ms = span.end - span.start;
  return (
    <span aria-hidden className={clsx('block', words ? 'relative h-full' : 'absolute inset-0')}>
      {ticksOf(span).map((at) => (
        <span
          key={at}
          style={{ left: `${(at / ms) * 100}%` }}
          className={clsx(
            'absolute inset-y-0 flex items-center border-l border-line/70',
            words && 'border-transparent',
          )}
        >
          {words && (
            <span
              className={clsx(
                'whitespace-nowrap',
                at === 0 ? '' : at > ms * 0.9 ? '-translate-x-full' : '-translate-x-1/2',
              )}
            >
              {at === 0 ? '0' : showDuration(at)}
            </span>
          )}
        </span>
      ))}
    </span>
  );
}
