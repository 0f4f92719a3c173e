import { useRef, type KeyboardEvent, type PointerEvent } from 'react';
import { shareOf, stepped, valueAt, type Scale } from './scale.ts';

const PAGE = 4;
const percent = (share: number): string => `${(share * 100).toFixed(2)}%`;

/** An amount on a track: drag, click, arrows, Page keys, Home and End. The ceiling and what the level gives are marked on it. */
export function Slider({
  label,
  describedBy,
  scale,
  stops,
  value,
  ceiling,
  usual,
  format,
  disabled,
  onChange,
}: {
  label: string;
  describedBy: string;
  scale: Scale;
  stops: readonly number[];
  value: number;
  ceiling: number | null;
  usual: number | null;
  format: (value: number) => string;
  disabled: boolean;
  onChange: (value: number) => void;
}) {
  const track = useRef<HTMLDivElement>(null);
  const at = shareOf(scale, value);
  const put = (next: number): void => {
    if (!disabled && next !== value) onChange(next);
  };
  const toPointer = ({ clientX }: PointerEvent): void => {
    const box = track.current?.getBoundingClientRect();
    if (box && box.width > 0) put(valueAt(scale, stops, (clientX - box.left) / box.width));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by: Readonly<Record<string, number>> = {
      ArrowRight: 1,
      ArrowUp: 1,
      ArrowLeft: -1,
      ArrowDown: -1,
      PageUp: PAGE,
      PageDown: -PAGE,
    };
    const steps = by[event.key];
    if (steps !== undefined) put(stepped(stops, value, steps));
    else if (event.key === 'Home') put(scale.min);
    else if (event.key === 'End') put(ceiling !== null && value < ceiling ? ceiling : scale.max);
    else return;
    event.preventDefault();
  };
  const over = ceiling !== null && value > ceiling;
  return (
    <div
      className={`relative h-6 min-w-24 flex-1 touch-none ${disabled ? 'opacity-55' : 'cursor-pointer'}`}
      onPointerDown={(event) => {
        if (event.button !== 0 || disabled) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        event.currentTarget.querySelector<HTMLElement>('[role=slider]')?.focus({ preventScroll: true });
        event.preventDefault();
        toPointer(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) toPointer(event);
      }}
    >
      <div ref={track} className="absolute inset-x-2 top-2.5 h-1 rounded-full bg-line">
        <span
          aria-hidden
          className={`absolute inset-y-0 left-0 rounded-full ${over ? 'bg-amber-line' : 'bg-accent'}`}
          style={{ width: percent(at) }}
        />
        {usual !== null && (
          <span
            aria-hidden
            className="absolute -top-0.5 h-2 w-0.5 -translate-x-1/2 rounded bg-line-strong"
            style={{ left: percent(shareOf(scale, usual)) }}
          />
        )}
        {ceiling !== null && (
          <span
            aria-hidden
            className="absolute -top-1.5 h-4 w-0.5 -translate-x-1/2 rounded bg-red"
            style={{ left: percent(shareOf(scale, ceiling)) }}
          />
        )}
        <span
          role="slider"
          tabIndex={disabled ? -1 : 0}
          aria-label={label}
          aria-describedby={describedBy}
          aria-disabled={disabled || undefined}
          aria-valuemin={scale.min}
          aria-valuemax={scale.max}
          aria-valuenow={value}
          aria-valuetext={format(value)}
          onKeyDown={onKeyDown}
          className="absolute top-1/2 size-4 -translate-1/2 rounded-full border-2 border-accent bg-panel focus-visible:outline-offset-2"
          style={{ left: percent(at) }}
        />
      </div>
    </div>
  );
}
