import { useEffect, useRef, type RefObject } from 'react';
import { timeOfDay } from '../model/clock.ts';
import type { Screen } from './screen.ts';

/** Beside each line: when it arrived (when asked for) and a bar for stderr. Follows the terminal without React. */
export function Gutter({
  screen,
  times,
  view,
}: {
  screen: RefObject<Screen | null>;
  times: boolean;
  view: Set<() => void>;
}) {
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let frame = 0;
    const draw = (): void => {
      frame = 0;
      const [element, present] = [root.current, screen.current];
      if (!element || !present) return;
      const rows = present.visible();
      const height = `${present.rowHeight}px`;
      if (element.style.lineHeight !== height) element.style.lineHeight = height;
      while (element.children.length < rows.length) element.append(document.createElement('div'));
      while (element.children.length > rows.length) element.lastElementChild?.remove();
      for (const [index, arrival] of rows.entries()) {
        const row = element.children[index] as HTMLElement;
        const text = times && arrival ? timeOfDay(arrival.at) : '';
        if (row.textContent !== text) row.textContent = text;
        const stream = arrival?.stream ?? '';
        if (row.dataset['stream'] !== stream) row.dataset['stream'] = stream;
      }
    };
    const ask = (): void => {
      if (frame === 0) frame = requestAnimationFrame(draw);
    };
    view.add(ask);
    ask();
    return () => {
      view.delete(ask);
      cancelAnimationFrame(frame);
    };
  }, [screen, times, view]);
  return (
    <div
      ref={root}
      aria-hidden
      className={`shrink-0 overflow-hidden pt-2 font-mono text-sm whitespace-nowrap text-terminal-muted select-none [&>div]:h-[1lh] [&>div]:border-r-2 [&>div]:border-transparent [&>div]:pr-1.5 [&>div[data-stream=stderr]]:border-red ${times ? 'w-27 pl-3' : 'w-2'}`}
    />
  );
}
