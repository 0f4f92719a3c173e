import { useEffect, useRef } from 'react';
import { layerOpen } from '../../state/commands.ts';

/** What takes the space bar for itself: fields, the terminal and every control that it activates. */
const TAKERS = 'input, textarea, select, button, a, summary, [contenteditable=true], [role=tab], [role=separator]';

/** Calls on the space bar where no control under the focus wants it. */
export function useSpace(act: () => void): void {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const target = event.target instanceof Element ? event.target : null;
      const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
      if (event.key !== ' ' || !plain || event.repeat || event.defaultPrevented || layerOpen()) return;
      if (target?.closest(TAKERS)) return;
      event.preventDefault();
      latest.current();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
