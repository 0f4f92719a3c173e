/** What of a scrolled and zoomed graph is in sight, and the ways to change it. */
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import { NODE, type Laid, type Point } from './layout.ts';
import { clamped, fitting, ZOOM, type Seen } from './view.ts';

/** Pixels around the window that are drawn too; places are rounded to it, so that not every pixel draws anew. */
const AROUND = 240;

export interface Window {
  readonly scale: number;
  readonly seen: Seen;
  /** Larger or smaller around the step at this place while it is in sight, else around the middle. */
  readonly zoom: (factor: number, place?: Point) => void;
  readonly whole: () => void;
  /** Scrolls until the step at this place is in sight. */
  readonly show: (place: Point) => void;
}

/** Until a person zooms, the graph fits its window as long as titles can be read. */
export function useWindow(scroller: RefObject<HTMLDivElement | null>, laid: Laid): Window {
  const [chosen, setChosen] = useState<number | null>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [at, setAt] = useState({ x: 0, y: 0 });
  const scale = chosen ?? fitting(laid, size, ZOOM.readable);
  const latest = useRef({ scale, laid, size });
  /** The point of the graph that stays where it is while the scale changes. */
  const anchor = useRef<{ graph: Point; screen: Point } | null>(null);

  const margins = useCallback((of: number) => {
    const { laid: drawn, size: now } = latest.current;
    return {
      x: Math.max(0, (now.width - drawn.width * of) / 2),
      y: Math.max(0, (now.height - drawn.height * of) / 2),
    };
  }, []);

  const zoomAt = useCallback(
    (next: number, screen?: Point) => {
      const { current: box } = scroller;
      if (!box) return;
      const { scale: old } = latest.current;
      const spot = screen ?? { x: box.clientWidth / 2, y: box.clientHeight / 2 };
      const margin = margins(old);
      anchor.current = {
        screen: spot,
        graph: {
          x: (box.scrollLeft + spot.x - margin.x) / old,
          y: (box.scrollTop + spot.y - margin.y) / old,
        },
      };
      setChosen(clamped(next));
    },
    [scroller, margins],
  );

  useLayoutEffect(() => {
    latest.current = { scale, laid, size };
    const { current: box } = scroller;
    if (!box || !anchor.current) return;
    const { graph, screen } = anchor.current;
    anchor.current = null;
    const margin = margins(scale);
    box.scrollTo({ left: graph.x * scale + margin.x - screen.x, top: graph.y * scale + margin.y - screen.y });
  }, [scale, laid, size, scroller, margins]);

  useEffect(() => {
    const { current: box } = scroller;
    if (!box) return undefined;
    const measure = (): void => setSize({ width: box.clientWidth, height: box.clientHeight });
    const watch = new ResizeObserver(measure);
    watch.observe(box);
    measure();
    const onScroll = (): void => {
      const round = (value: number): number => Math.round(value / (AROUND / 2)) * (AROUND / 2);
      const [x, y] = [round(box.scrollLeft), round(box.scrollTop)];
      setAt((before) => (before.x === x && before.y === y ? before : { x, y }));
    };
    const onWheel = (event: WheelEvent): void => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const place = box.getBoundingClientRect();
      zoomAt(latest.current.scale * Math.exp(-event.deltaY / 300), {
        x: event.clientX - place.left,
        y: event.clientY - place.top,
      });
    };
    box.addEventListener('scroll', onScroll, { passive: true });
    box.addEventListener('wheel', onWheel, { passive: false });
    return () => {
      watch.disconnect();
      box.removeEventListener('scroll', onScroll);
      box.removeEventListener('wheel', onWheel);
    };
  }, [scroller, zoomAt]);

  const margin = {
    x: Math.max(0, (size.width - laid.width * scale) / 2),
    y: Math.max(0, (size.height - laid.height * scale) / 2),
  };
  const seen: Seen = {
    left: Math.max(0, (at.x - margin.x - AROUND) / scale),
    top: Math.max(0, (at.y - margin.y - AROUND) / scale),
    right: Math.min(laid.width, (at.x - margin.x + size.width + AROUND) / scale),
    bottom: Math.min(laid.height, (at.y - margin.y + size.height + AROUND) / scale),
  };
  return {
    scale,
    seen,
    zoom: (factor, place) => {
      const { current: box } = scroller;
      const around = margins(scale);
      const screen = place &&
        box && {
          x: (place.x + NODE.width / 2) * scale + around.x - box.scrollLeft,
          y: (place.y + NODE.height / 2) * scale + around.y - box.scrollTop,
        };
      const inSight =
        screen && box && screen.x > 0 && screen.y > 0 && screen.x < box.clientWidth && screen.y < box.clientHeight;
      zoomAt(scale * factor, inSight ? screen : undefined);
    },
    whole: () => zoomAt(fitting(laid, size)),
    show: useCallback(
      ({ x, y }) => {
        const { current: box } = scroller;
        if (!box) return;
        const { scale: now } = latest.current;
        const around = margins(now);
        const into = (from: number, length: number, start: number, window: number): number => {
          const pad = Math.min(40, Math.max(0, (window - length) / 2));
          if (from - pad < start) return from - pad;
          return from + length + pad > start + window ? from + length + pad - window : start;
        };
        box.scrollTo({
          left: into(x * now + around.x, NODE.width * now, box.scrollLeft, box.clientWidth),
          top: into(y * now + around.y, NODE.height * now, box.scrollTop, box.clientHeight),
        });
      },
      [scroller, margins],
    ),
  };
}
