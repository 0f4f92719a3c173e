import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { Icon } from '../../../ui/icon.tsx';
import { useTheme } from '../../../ui/theme.ts';
import { ofLimit, share } from '../model/amounts.ts';
import { tenthClock } from '../model/clock.ts';
import type { Mark } from '../model/marks.ts';
import type { Note } from '../model/notes.ts';
import type { Readings } from '../model/readings.ts';
import type { RunStore } from '../store.ts';
import { Plot } from './plot.ts';
import type { ChartSpec } from './specs.ts';

interface Props {
  readonly spec: ChartSpec;
  readonly readings: Readings;
  readonly store: RunStore;
  readonly sync: string;
  readonly finished: boolean;
  readonly onMark: (mark: Mark) => void;
  /** Moves the cursor of all charts; null hides it. */
  readonly onPoint: (left: number | null) => void;
  /** Takes part in the common redraw; returns how to leave it. */
  readonly join: (plot: Plot) => () => void;
}

const NOTE_TONE = { quiet: 'text-muted', amber: 'font-medium text-amber', red: 'font-medium text-red' } as const;

/** The value of each series, with its limit where asked: the present one, after the end the peak. */
function valueWords(spec: ChartSpec, readings: Readings, finished: boolean, limits = true): string {
  const words = spec.series
    .map(({ metric, label, limit }) => {
      const value = finished && readings.has(metric) ? readings.peak(metric) : readings.last(metric);
      const words = ofLimit(value, limits ? limit : null, spec.format);
      return spec.series.length > 1 ? `${label} ${words}` : words;
    })
    .join(' · ');
  return finished ? `peak ${words}` : words;
}

/** What stands under the cursor: value, limit and share. */
function cursorWords(spec: ChartSpec, at: number, values: readonly (number | null)[]): string {
  const parts = spec.series.map(({ label, limit }, index) => {
    const value = values[index] ?? null;
    const part = share(value, limit);
    const words = `${ofLimit(value, limit, spec.format)}${part === '' ? '' : `, ${part}`}`;
    return spec.series.length > 1 ? `${label} ${words}` : words;
  });
  return `${tenthClock(at)}  ${parts.join(' · ')}`;
}

/** One chart with its heading: what, how much of how much, and what there is to say about it. */
export function Chart({ spec, readings, store, sync, finished, onMark, onPoint, join }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const plotRef = useRef<Plot | null>(null);
  const mark = useRef(onMark);
  mark.current = onMark;
  const [cursor, setCursor] = useState<{ at: number; values: (number | null)[] } | null>(null);
  const [near, setNear] = useState<Mark | null>(null);
  const theme = useTheme((state) => state.theme);
  useStore(store, (state) => state.version);

  useEffect(() => {
    const element = host.current;
    if (!element) return undefined;
    const plot = new Plot(element, spec, readings, sync, {
      onCursor: (at, values) => setCursor(at === null ? null : { at, values }),
      onMark: (clicked) => mark.current(clicked),
      onNear: setNear,
    });
    plotRef.current = plot;
    const leave = join(plot);
    const sized = new ResizeObserver(() => plot.resize(element.clientWidth));
    sized.observe(element);
    return () => {
      sized.disconnect();
      leave();
      plotRef.current = null;
      plot.dispose();
    };
  }, [spec, readings, sync, join]);
  useEffect(() => plotRef.current?.retheme(), [theme]);

  const note: Note = spec.note(readings, finished);
  const now = valueWords(spec, readings, finished);
  const words = near
    ? `${tenthClock(near.at)}  ${near.text}`
    : cursor
      ? cursorWords(spec, cursor.at, cursor.values)
      : note.text;
  return (
    <section aria-label={spec.title} className="shrink-0 border-b px-3 pt-2.5 pb-1.5">
      <header className="flex min-h-5 items-baseline gap-x-2 pl-1 whitespace-nowrap">
        <Icon of={spec.icon} className="self-center text-muted" />
        <h2 className="font-semibold">{spec.title}</h2>
        {/* What stands under the cursor takes its place: there is no room for both. */}
        {!cursor && !near && (
          <span className="font-mono text-sm" title={now}>
            {spec.series.length > 1 ? valueWords(spec, readings, finished, false) : now}
          </span>
        )}
        <span
          title={near ? near.text : undefined}
          className={`ml-auto min-w-0 truncate text-sm whitespace-pre ${cursor || near ? 'font-mono text-text' : NOTE_TONE[note.tone]}`}
        >
          {words}
        </span>
      </header>
      <div className="relative">
        <div
          ref={host}
          role="img"
          aria-label={`${spec.title}: ${now}${note.text === '' ? '' : `, ${note.text}`}`}
          className="overflow-hidden font-mono"
        />
        {/* For the keyboard: arrow keys move the cursor that all charts share. */}
        <div
          role="slider"
          aria-label={`Cursor of ${spec.title}`}
          aria-valuemin={0}
          aria-valuemax={Math.round(readings.end)}
          aria-valuenow={Math.round(cursor?.at ?? readings.end)}
          aria-valuetext={cursor ? words : now}
          tabIndex={0}
          className="pointer-events-none absolute inset-0 rounded"
          onKeyDown={(event) => {
            if (event.key === 'Enter') plotRef.current?.jump();
            const steps: Record<string, number | null> = {
              ArrowLeft: -0.02,
              ArrowRight: 0.02,
              Home: -1,
              End: 1,
              Escape: null,
            };
            const step = steps[event.key];
            if (step === undefined || (step === null && !cursor)) return;
            if (plotRef.current) onPoint(step === null ? null : plotRef.current.after(step));
            event.preventDefault();
            event.stopPropagation();
          }}
          onBlur={() => cursor && onPoint(null)}
        />
      </div>
    </section>
  );
}
